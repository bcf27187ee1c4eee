/** Each fault with one attack that shows it, which the correct client withstands; and with a good server, which it does not. */
import test from 'ava';
import { referenceClient } from '../client.ts';
import type { ClientFault } from '../faults.ts';
import { meet, type Outcome, type Setting, wasOnline } from '../support.ts';
import { givesAwayInClear, handshakes } from './outcomes.ts';
import { at } from './settings.ts';

/** An attack, and what shows that the client has fallen for it: by default that it is online. */
export type Attack = [Setting, ((outcome: Outcome) => boolean)?];

/** Makes the tests of a table. */
export function exposed(attacks: Partial<Record<ClientFault, Attack>>): void {
  for (const [fault, [setting, shows = wasOnline]] of Object.entries(attacks) as [ClientFault, Attack][]) {
    test(`${fault}: only the faulty client shows it`, async (t) => {
      const faulty = await meet(referenceClient({ faults: [fault] }), setting);
      t.true(
        shows(faulty),
        `the fault does not show: ${faulty.error}\n${JSON.stringify(faulty.observations, null, 1)}`,
      );
      const correct = await meet(referenceClient(), setting);
      t.false(shows(correct), JSON.stringify(correct.observations, null, 1));
    });

    test(`${fault}: logs in where nothing is wrong`, async (t) => {
      const client = referenceClient({ faults: [fault] });
      for (const transport of ['starttls', 'direct'] as const) {
        const outcome = await meet(client, { transport });
        t.true(wasOnline(outcome), `${transport}: ${outcome.error}`);
        t.false(givesAwayInClear(outcome), transport);
      }
      // A hello that is tried first has a connection of its own.
      const first = fault.startsWith('hello-') ? 2 : 1;
      const stay = await meet(client, { session: 'stay', script: at('online', { close: 'instead' }, first) });
      t.is(handshakes(stay).length, 2);
      t.false(givesAwayInClear(stay));
    });
  }
}
