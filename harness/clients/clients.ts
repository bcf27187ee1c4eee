/** Real clients that `run --client NAME` can drive. A row here and a driver of a few lines is all that one takes. */
import type { Transport } from '../../src/transcript.ts';
import { cDriver } from './c.ts';
import type { Driver } from './driver.ts';
import { goDriver } from './go.ts';
import { nodeDriver } from './node.ts';
import { perlDriver } from './perl.ts';
import { programDriver } from './program.ts';
import { pythonDriver } from './python.ts';
import { recipeDriver } from './recipe.ts';

export type { Detection } from './driver.ts';

export interface BundledClient extends Driver {
  /** A variant is called after its client: `libstrophe-strict`. Both share a driver and a folder. */
  name: string;
  title: string;
  /** Of the client; not always the one that its driver is written in. */
  language: string;
  transports: Transport[];
  /** `stay` also where the library does not reconnect: it answers then, and ends when the connection does. */
  sessions: ('once' | 'stay')[];
  /** How to install it, in one line. */
  install: string;
  /** What the driver sets about TLS, in a few words; null: nothing, the client is as it comes. */
  settings: string | null;
  /** It has to be shut up (`--confine`), and why: a clause. Null: it need not. */
  confined: string | null;
  /** `dns`: it can be told no host, or is hardly ever told one. Null: it is told host and port. */
  via: 'dns' | null;
  /** Milliseconds: the limit of a scenario, for what is slow to start. Null: as for others. */
  timeoutMs: number | null;
}

type Row = Pick<BundledClient, 'name' | 'title' | 'language' | 'install'> & Partial<Omit<BundledClient, keyof Driver>>;

const client = (row: Row, driver: Driver): BundledClient => ({
  transports: ['starttls', 'direct'],
  sessions: ['once', 'stay'],
  settings: null,
  confined: null,
  via: null,
  timeoutMs: null,
  ...row,
  ...driver,
});

/** Programs that a person operates: their folder has their name, and their variants stand in the recipe. */
function program(row: Row, variants: Record<string, Partial<Row>> = {}): BundledClient[] {
  const path = `${row.name}/recipe.yaml`;
  const others = Object.entries(variants).map(([variant, other]) =>
    client({ ...row, name: `${row.name}-${variant}`, ...other }, recipeDriver(path, variant)),
  );
  return [client(row, recipeDriver(path)), ...others];
}

const SLIXMPP = { title: 'slixmpp', language: 'Python', install: 'apt install python3-slixmpp' };
const LIBSTROPHE = {
  title: 'libstrophe',
  language: 'C',
  install: 'apt install gcc libc6-dev pkg-config libstrophe-dev',
};
const LOUDMOUTH = {
  title: 'loudmouth (mcabber)',
  language: 'C',
  install: 'apt install gcc libc6-dev pkg-config libloudmouth1-dev',
};
const GLOOX: Omit<Row, 'name'> = {
  title: 'gloox',
  language: 'C++',
  install: 'apt install g++ pkg-config libgloox-dev',
  transports: ['starttls'],
  confined: "it reads the system's trust store and no other",
};
const QXMPP: Omit<Row, 'name'> = {
  title: 'QXmpp',
  language: 'C++',
  install: 'apt install g++ pkg-config libqxmpp-dev qtbase5-dev',
  transports: ['starttls'],
};
const NET_XMPP = { title: 'Net::XMPP', language: 'Perl', install: 'apt install libnet-xmpp-perl' };

const MCABBER = { name: 'mcabber', title: 'mcabber (loudmouth)', language: 'C', install: 'apt install mcabber' };
const FINCH: Row = {
  name: 'finch',
  title: 'Finch (libpurple)',
  language: 'C',
  install: 'apt install finch',
  via: 'dns',
  confined: "it reads the system's trust store and no other",
};
const BITLBEE: Row = {
  name: 'bitlbee',
  title: 'BitlBee',
  language: 'C',
  install: 'apt install bitlbee',
  via: 'dns',
  confined: 'it takes a few ports only',
};
const IRSSI: Row = {
  name: 'irssi',
  title: 'irssi with irssi-xmpp (loudmouth)',
  language: 'C',
  install: 'apt install irssi irssi-plugin-xmpp',
  confined: 'it can be told no CA',
};

const DINO: Row = {
  name: 'dino',
  title: 'Dino',
  language: 'Vala',
  install: 'apt install dino-im xvfb dbus sqlite3',
  confined: "it can be told no host, and reads the system's trust store and no other",
  via: 'dns',
  timeoutMs: 30_000,
};
const GAJIM: Row = {
  name: 'gajim',
  title: 'Gajim (nbxmpp)',
  language: 'Python',
  install: 'apt install gajim xvfb dbus sqlite3',
  confined: "it reads the system's trust store and no other",
  timeoutMs: 30_000,
};

const loudmouth = (...words: string[]) => cDriver('loudmouth/driver.c', 'loudmouth-1.0', { words });
const libstrophe = (...words: string[]) => cDriver('libstrophe/driver.c', 'libstrophe', { words });
const gloox = (...words: string[]) => cDriver('gloox/driver.cpp', 'gloox', { words });
const qxmpp = (...words: string[]) =>
  cDriver('qxmpp/driver.cpp', 'qxmpp', { with: ['Qt5Network', 'Qt5Xml', 'Qt5Core'], words });

/** One line for each, where it fits: the reports and `--client all` take them in this order. */
export const bundledClients: readonly BundledClient[] = [
  client(
    { name: 'xmppjs', title: '@xmpp/client', language: 'JavaScript', install: 'npm install --save-dev @xmpp/client' },
    nodeDriver('xmppjs/driver.mjs', '@xmpp/client'),
  ),
  client({ ...SLIXMPP, name: 'slixmpp' }, pythonDriver('slixmpp/driver.py', ['slixmpp'])),
  client(
    { ...SLIXMPP, name: 'slixmpp-strict', settings: 'no SCRAM in clear, default_domain', transports: ['starttls'] },
    pythonDriver('slixmpp/driver.py', ['slixmpp'], ['strict']),
  ),
  client(
    { name: 'aioxmpp', title: 'aioxmpp', language: 'Python', install: 'apt install python3-aioxmpp' },
    pythonDriver('aioxmpp/driver.py', ['aioxmpp']),
  ),
  client(
    { name: 'nbxmpp', title: 'nbxmpp (Gajim)', language: 'Python', install: 'apt install python3-nbxmpp' },
    pythonDriver('nbxmpp/driver.py', ['nbxmpp', 'nbxmpp.client']),
  ),
  client({ ...LIBSTROPHE, name: 'libstrophe' }, libstrophe()),
  client({ ...LIBSTROPHE, name: 'libstrophe-strict', settings: 'MANDATORY_TLS' }, libstrophe('strict')),
  client({ ...GLOOX, name: 'gloox' }, gloox()),
  client({ ...GLOOX, name: 'gloox-strict', settings: 'TLSRequired' }, gloox('strict')),
  client({ ...QXMPP, name: 'qxmpp' }, qxmpp()),
  client({ ...QXMPP, name: 'qxmpp-strict', settings: 'TLSRequired' }, qxmpp('strict')),
  client({ ...LOUDMOUTH, name: 'loudmouth', settings: 'an LmSSL whose callback stops' }, loudmouth()),
  client({ ...LOUDMOUTH, name: 'loudmouth-strict', settings: 'the same, STARTTLS required' }, loudmouth('strict')),
  client({ ...LOUDMOUTH, name: 'loudmouth-bare', settings: 'an LmSSL without a callback' }, loudmouth('bare')),
  client({ ...NET_XMPP, name: 'net-xmpp', settings: 'tls' }, perlDriver('net-xmpp/driver.pl', 'Net::XMPP')),
  client(
    { ...NET_XMPP, name: 'net-xmpp-strict', settings: 'tls, ssl_verify, and no login without TLS' },
    perlDriver('net-xmpp/driver.pl', 'Net::XMPP', ['strict']),
  ),
  client(
    { name: 'anyevent-xmpp', title: 'AnyEvent::XMPP', language: 'Perl', install: 'apt install libanyevent-xmpp-perl' },
    perlDriver('anyevent-xmpp/driver.pl', 'AnyEvent::XMPP'),
  ),
  client(
    { name: 'go-sendxmpp', title: 'go-sendxmpp', language: 'Go', install: 'apt install go-sendxmpp' },
    programDriver('go-sendxmpp/driver.sh', 'go-sendxmpp'),
  ),
  client(
    {
      name: 'go-xmpp',
      title: 'go-xmpp',
      language: 'Go',
      install: 'apt install golang-go golang-github-mattn-go-xmpp-dev',
    },
    goDriver('go-xmpp/driver.go', 'github.com/mattn/go-xmpp', 'golang-github-mattn-go-xmpp-dev'),
  ),
  ...program({
    name: 'sendxmpp',
    title: 'sendxmpp (Net::XMPP)',
    language: 'Perl',
    install: 'apt install sendxmpp',
    sessions: ['once'],
    settings: '--tls',
  }),
  ...program(
    { name: 'profanity', title: 'Profanity (libstrophe)', language: 'C', install: 'apt install profanity' },
    {
      force: { settings: 'tls.policy=force', transports: ['starttls'] },
      allow: { settings: 'tls.policy=allow', transports: ['starttls'] },
      trust: { settings: 'tls.policy=trust', transports: ['starttls'] },
    },
  ),
  ...program(
    { ...MCABBER, settings: 'tls=1' },
    {
      stock: { settings: null, transports: ['starttls'] },
      unchecked: { settings: 'tls=1, ssl_ignore_checks=1', transports: ['starttls'] },
    },
  ),
  ...program({
    name: 'poezio',
    title: 'poezio (slixmpp)',
    language: 'Python',
    install: 'apt install poezio',
    transports: ['starttls'],
  }),
  ...program(FINCH, { opportunistic: { settings: 'opportunistic_tls', transports: ['starttls'] } }),
  ...program(BITLBEE, { try: { settings: 'tls=try', transports: ['starttls'] } }),
  ...program(IRSSI),
  ...program(DINO),
  ...program(GAJIM),
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
