/** The environment of a client that is a process, and the words of its command (design, section 4). */
import type { Endpoint } from './client.ts';
import type { ServerEnvironment } from './server.ts';

export interface EnvironmentOptions {
  /** `HOME` stays the user's. Default: it is the state directory. */
  keepHome?: boolean | undefined;
}

/** What a client at `endpoint` finds in its environment: `base`, without what would change its trust or its route. */
export function environmentFor(
  endpoint: Endpoint,
  base: NodeJS.ProcessEnv = process.env,
  options: EnvironmentOptions = {},
): Record<string, string> {
  const entries = Object.entries({ ...base, ...environmentChanges(endpoint, base, options) });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The difference to `base`, whether the variables are there or not; null: the variable is taken away. */
export function environmentChanges(
  endpoint: Endpoint,
  base: NodeJS.ProcessEnv = process.env,
  { keepHome = false }: EnvironmentOptions = {},
): Record<string, string | null> {
  const byDns = endpoint.via === 'dns';
  return {
    ...commonChanges(endpoint, base, keepHome),
    XMPP_HOST: byDns ? null : endpoint.host,
    XMPP_PORT: byDns ? null : String(endpoint.port),
    XMPP_JID: endpoint.jid,
    XMPP_PASSWORD: endpoint.password,
    XMPP_TLS: endpoint.tls,
    XMPP_SESSION: endpoint.session,
  };
}

/** The same for a server that opens streams (docs/servers.md). */
export function environmentOfServer(
  server: ServerEnvironment,
  base: NodeJS.ProcessEnv = process.env,
  { keepHome = false }: EnvironmentOptions = {},
): Record<string, string> {
  const changes = {
    ...commonChanges(server, base, keepHome),
    XMPP_DNS: server.dns,
    XMPP_ANCHOR_FILE: server.anchorFile,
    XMPP_HTTPS: server.https,
    XMPP_POLICY: server.policy,
  };
  const entries = Object.entries({ ...base, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

type Common = Pick<Endpoint, 'domain' | 'caFile' | 'stateDir' | 'certFile' | 'keyFile'>;

function commonChanges(told: Common, base: NodeJS.ProcessEnv, keepHome: boolean): Record<string, string | null> {
  return {
    ...Object.fromEntries(REMOVED.map((name) => [name, null])),
    NODE_OPTIONS: withoutTlsSwitches(base.NODE_OPTIONS ?? ''),
    ...(keepHome ? {} : { HOME: told.stateDir, ...Object.fromEntries(BESIDE_HOME.map((name) => [name, null])) }),
    SSL_CERT_FILE: told.caFile,
    NODE_EXTRA_CA_CERTS: told.caFile,
    XMPP_DOMAIN: told.domain,
    XMPP_CA_FILE: told.caFile,
    XMPP_STATE_DIR: told.stateDir,
    XMPP_CERT_FILE: told.certFile,
    XMPP_KEY_FILE: told.keyFile,
  };
}

/**
 * The words of a command with `{host} {port} {domain} {jid} {password} {ca} {tls} {session}` filled in, in one pass: a
 * password that looks like a placeholder stays what it is. Other words in braces are left alone. With `--via dns` host
 * and port are empty, as `$XMPP_HOST` would be.
 */
export function fillWords(words: readonly string[], endpoint: Endpoint): string[] {
  const byDns = endpoint.via === 'dns';
  const values = new Map([
    ['{host}', byDns ? '' : endpoint.host],
    ['{port}', byDns ? '' : String(endpoint.port)],
    ['{domain}', endpoint.domain],
    ['{jid}', endpoint.jid],
    ['{password}', endpoint.password],
    ['{ca}', endpoint.caFile],
    ['{tls}', endpoint.tls],
    ['{session}', endpoint.session],
  ]);
  return filled(words, values);
}

/** The same with `{domain} {ca} {cert} {key} {state} {dns} {policy}`. */
export function fillServerWords(words: readonly string[], server: ServerEnvironment): string[] {
  const { domain, caFile, certFile, keyFile, stateDir, dns, policy } = server;
  const values = { domain, ca: caFile, cert: certFile, key: keyFile, state: stateDir, dns: dns ?? '', policy };
  return filled(words, new Map(Object.entries(values).map(([name, value]) => [`{${name}}`, value])));
}

function filled(words: readonly string[], values: ReadonlyMap<string, string>): string[] {
  return words.map((word) => word.replace(/\{[a-z]+\}/g, (placeholder) => values.get(placeholder) ?? placeholder));
}

/** They would lead past the fresh `HOME`, from one scenario to the next. */
const BESIDE_HOME = ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'];

/** Exact names, never patterns: a client may have variables of its own that look alike. */
const REMOVED = [
  // Of the relay's account, which a client gets as `XMPP_PASSWORD` where it is to have it.
  'XMPP_MALLORY_PASSWORD',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'SSLKEYLOGFILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'PYTHONHTTPSVERIFY',
  ...[
    'http_proxy',
    'https_proxy',
    'ftp_proxy',
    'socks_proxy',
    'ws_proxy',
    'wss_proxy',
    'all_proxy',
    'no_proxy',
  ].flatMap((name) => [name, name.toUpperCase()]),
];

const TLS_SWITCH = /^--(no-)?(tls-.+|use-(openssl|bundled|system)-ca)$/;
const SWITCHES_WITH_VALUE = ['--tls-cipher-list', '--tls-keylog'];

/** `NODE_OPTIONS` has its own quoting: words are parted by blanks, except in "double quotes" with backslashes. */
function withoutTlsSwitches(options: string): string | null {
  const words = options.match(/(?:[^ "]|"(?:\\.|[^"\\])*(?:"|$))+/g) ?? [];
  let valueFollows = false;
  const kept = words.filter((word) => {
    const isValue = valueFollows;
    const [name = '', value] = unquoted(word).split('=', 2);
    // Node takes --tls_min_v1.0 for --tls-min-v1.0.
    const normal = name.replaceAll('_', '-');
    valueFollows = !isValue && value === undefined && SWITCHES_WITH_VALUE.includes(normal);
    return !isValue && !TLS_SWITCH.test(normal);
  });
  // Left as it was where nothing is to be taken out; removed where nothing would be left.
  if (kept.length === words.length) return options || null;
  return kept.length > 0 ? kept.join(' ') : null;
}

function unquoted(word: string): string {
  return word.replace(/"((?:\\.|[^"\\])*)(?:"|$)/g, (_, text: string) => text.replace(/\\(.)/g, '$1'));
}
