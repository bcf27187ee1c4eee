/** What a transcript shows of a client that asks DNS: where it went then, and whom it asked for there. */
import type { ObservationRule } from './observation-rule.ts';
import { pick, sessions, type View } from './view.ts';

export const NAME_OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  'connected-without-service': {
    says: () => 'It connected, though DNS had told it that there is no such service.',
    find({ observations }) {
      const told = pick(observations, 'dns', 'answer').find(({ records }) =>
        records.some((one) => / SRV \d+ \d+ \d+ \.$/.test(one)),
      );
      return pick(observations, 'tcp', 'connected').flatMap(({ n }) => (told && n > told.n ? [told.n, n] : []));
    },
  },
  'online-where-dns-leads': {
    says: () => 'It established a session where DNS had led it.',
    find: (view) => sessions(view).flatMap(({ n, connection }) => (view.endpointOf(connection) === 'main' ? [] : [n])),
  },
  'addressed-other-domain': {
    says: (view, evidence) => {
      const [to] = streams(view).flatMap(({ n, attributes }) => (evidence.includes(n) ? [attributes.to] : []));
      return `It asked, in the header of its stream, for another domain than that of the JID${to === undefined ? '' : `: ${to}`}.`;
    },
    find: (view, { domain }) =>
      streams(view)
        .filter(({ attributes: { to } }) => to !== undefined && bare(to) !== bare(domain))
        .map(({ n }) => n),
  },
  'http-in-clear': {
    says: () => 'It spoke HTTP in clear, where a record in DNS had led it.',
    find: (view) => requests(view, ({ phase }) => phase === 'clear'),
  },
  'http-to-untrusted': {
    says: () => 'It spoke HTTP to a peer that it must not trust, where a record in DNS had led it.',
    find: (view) =>
      requests(view, ({ phase, connection }) => phase !== 'clear' && view.peerOf(connection) === 'untrusted'),
  },
};

const streams = ({ observations }: View) =>
  pick(observations, 'xmpp', 'stream-open').filter(({ from }) => from === 'client');

const bare = (domain: string) => domain.toLowerCase().replace(/\.$/, '');

/** HTTP begins like no stream does. */
function requests({ observations }: View, where: (o: { phase: string; connection: number }) => boolean): number[] {
  return pick(observations, 'xmpp', 'malformed')
    .filter((o) => /^(?:GET|POST|OPTIONS|HEAD) \S+ HTTP\//.test(o.text) && where(o))
    .map(({ n }) => n);
}
