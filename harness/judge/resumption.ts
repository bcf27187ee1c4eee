/** What a ClientHello offers of a session that was (RFC 8446, section 4.6.1), and what is sent right behind it. */
import { pick, type View } from './view.ts';

export const RESUMPTION = {
  'offered-rejected-session': {
    says: () => 'It offered to resume a session with a peer that it must not trust.',
    find: (view: View) => offers(view, ({ began }) => began.peer === 'untrusted'),
  },
  'offered-session-to-other-name': {
    says: () => 'It offered to resume a session under another server name than that with which the session began.',
    find: (view: View) => offers(view, ({ offer, beganWith }) => offer.serverName !== beganWith.serverName),
  },
  'offered-session-without-ems': {
    says: () => 'It offered to resume a session that has no extended master secret.',
    // Who does not know it cannot be blamed (RFC 7627, section 5.3, speaks of those who implement it).
    find: (view: View) => offers(view, ({ offer, began }) => offer.extendedMasterSecret && !began.extendedMasterSecret),
  },
  'offered-early-data': {
    says: () => 'It offered early data, for which no server had given leave.',
    find: (view: View) =>
      pick(view.observations, 'tls', 'client-hello')
        .filter(({ hello }) => hello.earlyData)
        .map((o) => o.n),
    asks: 'client-hello' as const,
  },
  'sent-early-data': {
    says: () => 'It sent early data, which everybody on the path can replay.',
    find: (view: View) => pick(view.observations, 'tls', 'early-data').map((o) => o.n),
  },
};

type Of<Type extends string> = ReturnType<typeof pick<'tls', Type>>[number];

interface Offer {
  offer: Of<'client-hello'>['hello'];
  /** The ClientHello and the handshake with which the session began. */
  beganWith: Of<'client-hello'>['hello'];
  began: Of<'handshake'>;
}

/** The ClientHellos that offer a session for which `test` holds, of those that are known. */
function offers(view: View, test: (the: Offer) => boolean): number[] {
  const hellos = pick(view.observations, 'tls', 'client-hello');
  const handshakes = pick(view.observations, 'tls', 'handshake');
  return hellos
    .filter(({ hello: offer, offersSession }) => {
      const began = handshakes.find(({ connection }) => connection === offersSession);
      const beganWith = hellos.find(({ connection }) => connection === offersSession)?.hello;
      return began !== undefined && beganWith !== undefined && test({ offer, beganWith, began });
    })
    .map((o) => o.n);
}
