/** What a person is told to type, and what to do with it. */
import type { Endpoint, Role } from '../client/client.ts';
import { wrapped } from '../report/citation.ts';

/** Columns of text. */
const WIDTH = 78;

const PHONES = [
  'iOS: open the file, then Settings, General, VPN & Device Management: install; then General, About, Certificate Trust Settings: switch it on.',
  'Android: Settings, Security, Encryption & credentials, Install a certificate, CA certificate. Many programs trust such a CA only if they were built to.',
  'Linux and desktop programs: import it in the program itself where it has a place for that, or start it with SSL_CERT_FILE set to the file.',
];

/** Before anything else: the CA is new in each session. */
export function caInWords(caFile: string, exposed: string | null): string {
  return [
    ...(exposed === null ? [] : [...wrap(exposed), '']),
    ...wrap('Let your program or phone trust this CA. It was made just now, for this session only:'),
    `  ${caFile}`,
    ...PHONES.flatMap((line) => bullet(line)),
    ...wrap('Take it out again when you are done: what trusts a test CA can be fooled by whoever has its key.'),
  ].join('\n');
}

/** `step`: from 1. */
export function stepInWords(step: number, role: Role, endpoint: Endpoint, limitMs: number): string {
  const { jid, password, host, port, tls, caFile, certFile, keyFile, session } = endpoint;
  const rows = [
    ['JID', jid],
    ['password', password],
    ['server', host],
    ['port', String(port)],
    ['TLS', tls === 'direct' ? 'direct (from the first byte; "SSL" in some programs)' : 'STARTTLS, required'],
    ['CA', caFile],
    ...(certFile && keyFile ? [['own cert', `${certFile}, with the key ${keyFile}`]] : []),
  ];
  return [
    '',
    `Step ${step}: ${role === 'control' ? 'a good login, without an attack' : 'the attack'}`,
    ...rows.map(([name = '', value]) => `  ${name.padEnd(8)}  ${value}`),
    ...wrap(
      `Set up this account, new in each step, and log in. The domain of the JID does not resolve: the program must let you set server and port. ${
        session === 'stay' ? STAYS : ONCE
      }${role === 'attack' ? REFUSE : ''}`,
    ),
    ...wrap(
      `The first connection begins it, within ${limitMs / 1000} s (--timeout). Enter ends it once the program has nothing more to show.`,
    ),
  ].join('\n');
}

const ONCE = 'Once it is online, or has given up, log out.';
const STAYS = 'Leave it running: Mallory ends the connection, and the program should come back by itself.';
const REFUSE =
  ' If it asks you about a certificate or about going on without TLS, refuse: what counts is what it does without being told to.';

const wrap = (text: string) => wrapped(text, WIDTH);

const bullet = (text: string) =>
  wrapped(text, WIDTH - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`);
