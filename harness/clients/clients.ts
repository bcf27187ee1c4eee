/** Real clients that `run --client NAME` can drive. A row here and a driver of a few lines is all that one takes. */
import type { Transport } from '../../src/transcript.ts';
import { cDriver } from './c.ts';
import type { Driver } from './driver.ts';
import { nodeDriver } from './node.ts';
import { programDriver } from './program.ts';
import { pythonDriver } from './python.ts';

export type { Detection } from './driver.ts';

export interface BundledClient extends Driver {
  name: string;
  title: string;
  /** Of the client; not always the one that its driver is written in. */
  language: string;
  transports: Transport[];
  /** `stay` also where the library does not reconnect: it answers then, and ends when the connection does. */
  sessions: ('once' | 'stay')[];
  /** How to install it, in one line. */
  install: string;
}

type Row = Omit<BundledClient, keyof Driver | 'transports' | 'sessions'>;

const client = (row: Row, driver: Driver): BundledClient => ({
  ...row,
  ...driver,
  transports: ['starttls', 'direct'],
  sessions: ['once', 'stay'],
});

export const bundledClients: readonly BundledClient[] = [
  client(
    { name: 'xmppjs', title: '@xmpp/client', language: 'JavaScript', install: 'npm install --save-dev @xmpp/client' },
    nodeDriver('xmppjs/driver.mjs', '@xmpp/client'),
  ),
  client(
    { name: 'slixmpp', title: 'slixmpp', language: 'Python', install: 'apt install python3-slixmpp' },
    pythonDriver('slixmpp/driver.py', 'slixmpp'),
  ),
  client(
    { name: 'aioxmpp', title: 'aioxmpp', language: 'Python', install: 'apt install python3-aioxmpp' },
    pythonDriver('aioxmpp/driver.py', 'aioxmpp'),
  ),
  client(
    { name: 'nbxmpp', title: 'nbxmpp (Gajim)', language: 'Python', install: 'apt install python3-nbxmpp' },
    pythonDriver('nbxmpp/driver.py', 'nbxmpp', 'nbxmpp.client'),
  ),
  client(
    {
      name: 'libstrophe',
      title: 'libstrophe',
      language: 'C',
      install: 'apt install gcc libc6-dev pkg-config libstrophe-dev',
    },
    cDriver('libstrophe/driver.c', 'libstrophe'),
  ),
  client(
    { name: 'go-sendxmpp', title: 'go-sendxmpp', language: 'Go', install: 'apt install go-sendxmpp' },
    programDriver('go-sendxmpp/driver.sh', 'go-sendxmpp'),
  ),
];

/** @throws RangeError if there is none of that name. */
export function bundledClient(name: string): BundledClient {
  const client = bundledClients.find((known) => known.name === name);
  if (!client) {
    throw new RangeError(
      `There is no bundled client "${name}". There are: ${bundledClients.map((known) => known.name).join(', ')}`,
    );
  }
  return client;
}
