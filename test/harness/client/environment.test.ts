import test from 'ava';
import { environmentFor, fillWords } from '../../../harness/client/environment.ts';
import { endpoint } from './fixtures.ts';

test('tells the client everything that it is told, and nothing else', (t) => {
  t.deepEqual(environmentFor(endpoint(), { PATH: '/bin', HOME: '/home/romeo' }), {
    PATH: '/bin',
    HOME: '/state',
    SSL_CERT_FILE: '/ca.pem',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    XMPP_HOST: '127.0.0.1',
    XMPP_PORT: '5222',
    XMPP_DOMAIN: 'a.example.test',
    XMPP_JID: 'juliet@a.example.test',
    XMPP_PASSWORD: 'p4ss',
    XMPP_CA_FILE: '/ca.pem',
    XMPP_TLS: 'starttls',
    XMPP_SESSION: 'once',
    XMPP_STATE_DIR: '/state',
  });
});

test('a client certificate is told where there is one', (t) => {
  const environment = environmentFor(endpoint({ certFile: '/c.pem', keyFile: '/k.pem' }), {});
  t.is(environment.XMPP_CERT_FILE, '/c.pem');
  t.is(environment.XMPP_KEY_FILE, '/k.pem');
});

test('what the user happened to have in those variables never reaches the client', (t) => {
  const base = {
    XMPP_CERT_FILE: '/mine',
    XMPP_KEY_FILE: '/mine',
    XMPP_HOST: 'mine',
    XMPP_PORT: '1',
    XMPP_TLS: 'direct',
  };
  const environment = environmentFor(endpoint({ via: 'dns' }), base);
  t.false('XMPP_CERT_FILE' in environment);
  t.false('XMPP_KEY_FILE' in environment);
  t.false('XMPP_HOST' in environment, 'absent with --via dns');
  t.false('XMPP_PORT' in environment, 'absent with --via dns');
  t.is(environment.XMPP_TLS, 'starttls');
});

test('HOME: the state directory, unless it is kept', (t) => {
  t.is(environmentFor(endpoint(), { HOME: '/h' }, { keepHome: true }).HOME, '/h');
  t.is(environmentFor(endpoint(), { HOME: '/h' }, { keepHome: false }).HOME, '/state');
  t.false('HOME' in environmentFor(endpoint(), {}, { keepHome: true }));
});

for (const name of [
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'SSLKEYLOGFILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'PYTHONHTTPSVERIFY',
  'http_proxy',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'no_proxy',
]) {
  test(`removed: ${name}`, (t) => t.false(name in environmentFor(endpoint(), { [name]: '0' })));
}

for (const name of ['MY_SSL_CERT_DIR', 'npm_config_https_proxy', 'OPENSSL_CONF', 'GNUTLS_SYSTEM_PRIORITY_FILE']) {
  test(`kept: ${name}`, (t) => t.is(environmentFor(endpoint(), { [name]: 'x' })[name], 'x'));
}

const NODE_OPTIONS: [given: string, left: string | undefined][] = [
  ['--tls-min-v1.0', undefined],
  ['--max-old-space-size=99 --tls-min-v1.0 --enable-source-maps', '--max-old-space-size=99 --enable-source-maps'],
  ['--tls_min_v1.0', undefined],
  ['--tls-max-v1.2 --use-openssl-ca --use-bundled-ca --use-system-ca --no-use-openssl-ca -r x', '-r x'],
  ['--tls-cipher-list=ALL:@SECLEVEL=0 -r x', '-r x'],
  ['--tls-cipher-list ALL:@SECLEVEL=0 -r x', '-r x'],
  ['--tls-cipher-list "AL L" -r x', '-r x'],
  [
    '"--tls-cipher-list=A LL" --require "./my \\" --tls-min-v1.0 file.js"',
    '--require "./my \\" --tls-min-v1.0 file.js"',
  ],
  ['--tls-keylog=/tmp/keys', undefined],
  ['--insecure-http-parser  --trace-warnings', '--insecure-http-parser  --trace-warnings'],
  ['--require=./tls-min-v1.0', '--require=./tls-min-v1.0'],
  ['', undefined],
];
for (const [given, left] of NODE_OPTIONS) {
  test(`NODE_OPTIONS: ${given || '(empty)'}`, (t) => {
    t.is(environmentFor(endpoint(), { NODE_OPTIONS: given }).NODE_OPTIONS, left);
  });
}

test('every placeholder is filled in, also several in a word', (t) => {
  const words = ['run', '{host}:{port}', '{domain}', '--jid={jid}', '{password}', '{ca}', '{tls}', '{session}'];
  t.deepEqual(fillWords(words, endpoint({ tls: 'direct', session: 'stay' })), [
    ...['run', '127.0.0.1:5222', 'a.example.test', '--jid=juliet@a.example.test', 'p4ss', '/ca.pem', 'direct', 'stay'],
  ]);
});

test('other braces are left alone', (t) => {
  const words = ['{}', '{state}', '{HOST}', '${host', '{{x}}', '{print $1}', '{constructor}'];
  t.deepEqual(fillWords(words, endpoint()), words);
});

test('what is filled in is not looked at again', (t) => {
  t.deepEqual(fillWords(['{password}'], endpoint({ password: '{jid}$&' })), ['{jid}$&']);
});

test('with --via dns host and port are empty', (t) => {
  t.deepEqual(fillWords(['{host}', ':{port}', '{domain}'], endpoint({ via: 'dns' })), ['', ':', 'a.example.test']);
});
