/** When two ClientHellos are equal in kind, so that one says something about the other. */
import test from 'ava';
import { helloKind } from '../../../src/tls/hello-kind.ts';
import { compose, helloOf } from './composed-hello.ts';
import { captureHello, domain } from './loopback.ts';

const modern = await captureHello({ servername: domain, ALPNProtocols: ['xmpp-client'] });

test('hellos are equal in kind from the same client with the same settings', async (t) => {
  const settings = { servername: domain, ALPNProtocols: ['xmpp-client'] };
  const kind = helloKind(helloOf(modern));
  t.regex(kind, /^tls13-sni-s\d+-e\d+-xmpp-client_[0-9a-f]{12}_[0-9a-f]{12}$/);
  t.is(helloKind(helloOf(await captureHello({ ...settings, servername: 'another.im.xmpp.test' }))), kind);
});

const kinds: [string, boolean, [number, string][], number[]][] = [
  [
    'in another order',
    true,
    [
      [23, ''],
      [10, '0002001d'],
      [0, '0000'],
    ],
    [2, 1],
  ],
  [
    'with a ticket',
    true,
    [
      [35, 'aabb'],
      [0, '0000'],
      [10, '0002001d'],
      [23, ''],
    ],
    [1, 2],
  ],
  [
    'with padding and GREASE',
    true,
    [
      [0x0a0a, ''],
      [0, '0000'],
      [10, '0002001d'],
      [23, ''],
      [21, '0000'],
    ],
    [1, 2],
  ],
  [
    'with another group',
    false,
    [
      [0, '0000'],
      [10, '00020017'],
      [23, ''],
    ],
    [1, 2],
  ],
  [
    'without extended master secret',
    false,
    [
      [0, '0000'],
      [10, '0002001d'],
    ],
    [1, 2],
  ],
  [
    'with another suite',
    false,
    [
      [0, '0000'],
      [10, '0002001d'],
      [23, ''],
    ],
    [1, 3],
  ],
];

for (const [title, equal, extensions, suites] of kinds) {
  test(`a hello ${title} is ${equal ? 'equal' : 'different'} in kind`, (t) => {
    const plain = helloKind(
      helloOf(
        compose(
          0x0303,
          [1, 2],
          [
            [0, '0000'],
            [10, '0002001d'],
            [23, ''],
          ],
        ),
      ),
    );
    t.is(helloKind(helloOf(compose(0x0303, suites, extensions))) === plain, equal);
  });
}

test('without a server name the kind differs', (t) => {
  const name = '000800000569' + '6d2e7863';
  const withName = helloOf(compose(0x0303, [1], [[0, name]]));
  t.is(withName.serverName, 'im.xc');
  t.not(helloKind(withName), helloKind({ ...withName, serverName: null }));
});
