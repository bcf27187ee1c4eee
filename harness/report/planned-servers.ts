/** What would happen between servers beside the stream of the server under test, rung by rung: see `planned-ladder.ts`. */
import { credentials } from '../../src/pki/credentials/index.ts';
import { isRequest } from '../../src/services/call.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Part, Rung } from './planned-ladder.ts';

const rung = (from: Rung['from'], text: string, ...tampered: string[]): Rung => ({
  ...{ from, protection: 'tls', text, tampered },
});

export const isCall = ({ needs }: Scenario) => needs.includes('s2s-listener');

/** The stream that Mallory opens herself, inside TLS. */
export function callPart({ entity: { call } }: Scenario): Part {
  const key = rung('mallory', '<db:result> with a key');
  const answer = rung('mallory', '<db:verify type="valid">', 'answers the question about its own key');
  const another = call === 'request-of-another' ? ['in the name of the second domain'] : [];
  const rungs = {
    key: [key],
    'own-answer': [key, answer],
    'own-answer-first': [answer, key],
    request: [],
    'request-of-another': [],
  }[call];
  const letIn = rung('client', isRequest(call) ? '<success> or <db:result type="valid">' : '<db:result type="valid">');
  return {
    title: 'on a stream that Mallory opens',
    rungs: [
      rung(null, 'Mallory connects, and goes inside TLS'),
      ...(isRequest(call) ? [rung('mallory', '<auth mechanism="EXTERNAL"> or <db:result> with a key')] : rungs),
      letIn,
      ...(isRequest(call) ? [rung('mallory', '<iq> ping', ...another)] : []),
    ],
  };
}

/** What the server says on its own stream to Mallory, where it was she who came first. */
export function askedRungs({ entity: { call } }: Scenario): Rung[] {
  if (isRequest(call)) return [rung('client', '<iq type="result">')];
  const type = call === 'key' ? 'valid' : 'invalid';
  return [rung('client', '<db:verify> with the key'), rung('mallory', `<db:verify type="${type}">`)];
}

/** Behind the first stanza. */
export function secondDomainRungs({ entity: { secondDomain, credential } }: Scenario): Rung[] {
  if (!secondDomain) return [];
  const covered = credentials[credential]?.coversSecond === true;
  return [
    rung(null, 'the server is told to send to a second domain, which DNS puts here, too'),
    rung(
      'client',
      '<db:result> with a key, for the second domain',
      ...(covered ? [] : ['its certificate is not for that domain']),
    ),
    rung('client', '<message> to the second domain'),
  ];
}
