import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { CHECKING_DISABLED, DNSSEC_OK, decode, encode, type Packet } from 'dns-packet';
import { startNameService } from '../../../../src/services/dns/name-service.ts';
import type { DnsRecord } from '../../../../src/services/dns/records.ts';
import { createSigner } from '../../../../src/services/dns/signer.ts';
import { xmppRecords } from '../../../../src/services/dns/xmpp-records.ts';
import { ask, exchange, query, resolverAt, serve } from './support.ts';

const domain = 'im.xmpp.test';
const service = { service: 'xmpp-client', port: 5222, target: 'host.hosting.test' } as const;
const zone = { domain: '.', records: xmppRecords(domain, [service], '127.0.0.1') };

test('a client finds the port and the host of its server', async (t) => {
  const { resolver } = await serve(t, zone);
  const found = await resolver.resolveSrv(`_xmpp-client._tcp.${domain}`);
  t.is(found.length, 1);
  // Node 24 adds a type.
  t.like(found[0], { name: 'host.hosting.test', port: 5222, priority: 0, weight: 5 });
  t.deepEqual(await resolver.resolve4('host.hosting.test'), ['127.0.0.1']);
  t.deepEqual(await resolver.resolve4(domain), ['127.0.0.1']);
});

const TEXT = `_xmpp-client-websocket=ws://${domain}/${'x'.repeat(300)}`;
const of = (type: DnsRecord['type'], data: string, name = domain): DnsRecord => ({ name, type, data });

test('every type of record can be asked for', async (t) => {
  const { names, resolver } = await serve(t, {
    domain,
    records: [
      of('AAAA', '::1'),
      of('TXT', TEXT),
      of('TLSA', '3 1 1 0A1B'),
      of('SRV', '0 0 0 .'),
      of('CNAME', domain, `www.${domain}`),
    ],
  });
  t.deepEqual(await resolver.resolve6(domain), ['::1']);
  t.is((await resolver.resolveTxt(domain))[0]?.join(''), TEXT, 'in strings of 255 octets');
  t.deepEqual(await resolver.resolve6(`www.${domain}`), ['::1'], 'behind an alias');
  t.deepEqual(await resolver.resolveCname(`www.${domain}`), [domain]);
  t.deepEqual((await ask(names, domain, 'SRV')).answers?.[0], {
    ...{ name: domain, type: 'SRV', ttl: 0, class: 'IN', flush: false },
    data: { priority: 0, weight: 0, port: 0, target: '.' },
  });
  const tlsa = { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from('0a1b', 'hex') };
  t.like((await ask(names, domain, 'TLSA')).answers?.[0], { type: 'TLSA', ttl: 0, data: tlsa });
});

const missing: [title: string, name: string, type: 'SRV' | 'AAAA' | 'A', code: number, node: string][] = [
  ['a name that is not there is NXDOMAIN', `nobody.${domain}`, 'A', 3, 'ENOTFOUND'],
  ['a name without such records is there (NODATA)', domain, 'AAAA', 0, 'ENODATA'],
  ['a name above a name is there, too (RFC 8020)', `_tcp.${domain}`, 'SRV', 0, 'ENODATA'],
];
for (const [title, name, type, code, node] of missing)
  test(title, async (t) => {
    const { names, resolver } = await serve(t, { ...zone, domain });
    const reply = await ask(names, name, type);
    t.is(reply.code, code);
    t.deepEqual(reply.answers, []);
    t.like(reply.authorities?.[0], { type: 'SOA', name: domain, ttl: 0 }, 'RFC 2308, section 3');
    await t.throwsAsync(resolver.resolve(name, type), { code: node });
  });

test('the answer is authoritative, offers no recursion, and keeps the case of the question (0x20)', async (t) => {
  const { names } = await serve(t, zone);
  const reply = await ask(names, 'iM.xMPP.tESt', 'A');
  t.deepEqual([reply.flag_aa, reply.flag_ra, reply.flag_rd, reply.flag_ad, reply.id], [true, false, true, false, 4711]);
  t.is(reply.questions?.[0]?.name, 'iM.xMPP.tESt');
  t.like(reply.answers?.[0], { name: 'iM.xMPP.tESt', data: '127.0.0.1' });
});

test('whose name is in no zone is refused', async (t) => {
  const { names, resolver } = await serve(t, { ...zone, domain });
  await t.throwsAsync(resolver.resolve4('example.com'), { code: 'EREFUSED' });
  t.false((await ask(names, 'example.com', 'A')).flag_aa);
});

test('an alias whose end is not there is NXDOMAIN, and one that goes round is an error', async (t) => {
  const records = [
    of('CNAME', `gone.${domain}.`),
    of('CNAME', `b.${domain}`, `a.${domain}`),
    of('CNAME', `a.${domain}`, `b.${domain}`),
  ];
  const { names } = await serve(t, { domain, records });
  const gone = await ask(names, domain, 'A');
  t.deepEqual([gone.code, gone.answers?.length], [3, 1]);
  t.is((await ask(names, `a.${domain}`, 'A')).code, 2);
});

test('who asks with EDNS is answered with it, by its version 0 only', async (t) => {
  const { names } = await serve(t, zone);
  const opt = (ednsVersion: number) => ({
    additionals: [
      {
        type: 'OPT' as const,
        name: '.',
        udpPayloadSize: 1232,
        extendedRcode: 0,
        ednsVersion,
        flags: 0,
        flag_do: true,
        options: [],
      },
    ],
  });
  t.like((await ask(names, domain, 'A', opt(0))).additionals?.[0], { type: 'OPT', extendedRcode: 0, flag_do: false });
  t.deepEqual((await ask(names, domain, 'A')).additionals, []);
  t.like((await ask(names, domain, 'A', opt(1))).additionals?.[0], { type: 'OPT', extendedRcode: 1 });
});

test('what does not fit in UDP is asked for once more over TCP', async (t) => {
  const many = Array.from({ length: 40 }, (_, n) => of('SRV', `${n} 0 5222 host-${n}.hosting.test`));
  const { names, resolver, seen } = await serve(t, { domain, records: many });
  const cut = await ask(names, domain, 'SRV');
  t.deepEqual([cut.flag_tc, cut.answers, cut.code], [true, [], 0]);
  t.true(cut.length <= 512);
  t.is((await resolver.resolveSrv(domain)).length, 40);
  t.deepEqual(
    seen.flatMap((one) => (one.type === 'query' ? [one.over] : [])),
    ['udp', 'udp', 'tcp'],
  );
  t.deepEqual(
    seen.flatMap((one) => (one.type === 'answer' ? [one.truncated ?? false] : [])),
    [true, true, false],
  );
});

test('each query and its answer are told to whose zone it is', async (t) => {
  const { names, resolver, seen } = await serve(t, zone);
  await resolver.resolve4(domain);
  t.deepEqual(seen, [
    { layer: 'dns', type: 'query', from: 'client', over: 'udp', name: domain, wanted: 'A' },
    {
      layer: 'dns',
      type: 'answer',
      from: 'mallory',
      name: domain,
      wanted: 'A',
      code: 'NOERROR',
      records: [`${domain} A 127.0.0.1`],
    },
  ]);
  names.add({ domain: 'other.test', records: [] });
  await t.throwsAsync(resolver.resolve4('x.other.test'));
  t.is(seen.length, 2);
});

test('an answer can be another, or none', async (t) => {
  const { names, resolver, seen } = await serve(t, {
    ...zone,
    answering: ({ name }, honest) => (name.startsWith('_') ? null : { ...honest, code: 'SERVFAIL', records: [] }),
  });
  await t.throwsAsync(resolver.resolve4(domain), { code: 'ESERVFAIL' });
  const hasty = resolverAt(names, 200);
  await t.throwsAsync(hasty.resolveSrv(`_xmpp-client._tcp.${domain}`), { code: 'ETIMEOUT' });
  t.is(seen.at(-1)?.type, 'unanswered');
});

test('many domains come and go while it serves', async (t) => {
  const names = await startNameService();
  t.teardown(names.close);
  const domains = Array.from({ length: 200 }, (_, n) => `x${n}.im.xmpp.test`);
  const served = domains.map((one, n) => names.add({ domain: one, records: xmppRecords(one, [], `127.0.1.${n}`) }));
  const at = (one: string) => resolverAt(names).resolve4(one);
  t.deepEqual(
    await Promise.all(domains.map(at)),
    domains.map((_, n) => [`127.0.1.${n}`]),
  );
  served[0]?.replace(xmppRecords('x0.im.xmpp.test', [], '127.0.0.9'));
  t.deepEqual(await at('x0.im.xmpp.test'), ['127.0.0.9']);
  served[1]?.remove();
  await t.throwsAsync(at('x1.im.xmpp.test'), { code: 'EREFUSED' });
  t.throws(() => names.add({ domain: 'X2.im.xmpp.test.', records: [] }), { message: /x2\.im\.xmpp\.test already/ });
});

const asking = (flags: number): Packet => {
  const rest = { name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0, options: [] };
  return { additionals: [{ type: 'OPT', ...rest, flags, flag_do: flags !== 0 }] };
};

test('signatures are for those who ask for them (DO), and it is repeated that they do', async (t) => {
  const signer = createSigner(domain);
  const { names } = await serve(t, { ...zone, domain, proof: { signer } });
  const without = await ask(names, domain, 'A', asking(0));
  t.deepEqual(
    without.answers?.map(({ type }) => type),
    ['A'],
  );
  const reply = await ask(names, domain, 'A', { ...asking(DNSSEC_OK), flags: CHECKING_DISABLED });
  t.deepEqual(
    reply.answers?.map(({ type }) => type),
    ['A', 'RRSIG'],
  );
  t.true(reply.flag_cd, 'RFC 4035, section 3.1.6');
  t.like(reply.additionals?.[0], { type: 'OPT', flag_do: true });
});

test('who asks for signatures is told that a name has no such records, and not that it is not there', async (t) => {
  const { names } = await serve(t, { ...zone, domain, proof: { signer: createSigner(domain) } });
  t.is((await ask(names, `nobody.${domain}`, 'A', asking(0))).code, 3);
  const reply = await ask(names, `nobody.${domain}`, 'A', asking(DNSSEC_OK));
  t.is(reply.code, 0);
  t.deepEqual(
    reply.authorities?.map(({ type }) => type),
    ['SOA', 'RRSIG', 'NSEC', 'RRSIG'],
  );
  t.is(reply.authorities?.[0]?.name, domain);
});

const header = (...words: number[]) => Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]));
const asked = query(domain, 'A');
const hostile: [title: string, message: Buffer, code: number][] = [
  ['no question', header(1, 0, 0, 0, 0, 0), 1],
  ['65,535 questions', header(1, 0, 0xffff, 0, 0, 0), 1],
  ['65,535 additional records', header(1, 0, 1, 0, 0, 0xffff), 1],
  [
    'an answer in the query',
    encode({ questions: [{ name: domain, type: 'A' }], answers: [{ name: domain, type: 'A', data: '1.2.3.4' }] }),
    1,
  ],
  ['a name that points at itself', Buffer.concat([header(1, 0, 1, 0, 0, 0), Buffer.from('c00c00010001', 'hex')]), 1],
  ['a label longer than the message', Buffer.concat([header(1, 0, 1, 0, 0, 0), Buffer.from('3f41', 'hex')]), 1],
  ['a label with a dot in it', Buffer.concat([header(1, 0, 1, 0, 0, 0), Buffer.from('03612e620000010001', 'hex')]), 1],
  ['octets that are no text', Buffer.concat([header(1, 0, 1, 0, 0, 0), Buffer.from('02ff800000010001', 'hex')]), 1],
  ['another operation', Buffer.concat([asked.subarray(0, 2), header(0x2800), asked.subarray(4)]), 4],
  ['another class', encode({ questions: [{ name: domain, type: 'A', class: 'CH' }] }), 5],
  ['a whole zone', query(domain, 'AXFR'), 5],
];
for (const [title, message, code] of hostile)
  test(`hostile: ${title}`, async (t) => {
    const { names, seen } = await serve(t, { domain: '.', records: [] });
    const reply = await exchange(names, message);
    t.is(reply.readUInt16BE(2) & 0xf, code);
    t.is(reply.readUInt16BE(0), message.readUInt16BE(0));
    t.is(seen[0]?.type, 'unreadable');
  });

test('an answer is not answered, and neither is what is shorter than a header', async (t) => {
  const { names, seen } = await serve(t, zone);
  const socket = createSocket('udp4');
  t.teardown(() => void socket.close());
  const replies: Buffer[] = [];
  socket.on('message', (message) => replies.push(message));
  // The last one is answered: so the others were not, for they are read in order.
  for (const message of [await exchange(names, asked), Buffer.alloc(11), query('last.test', 'A')])
    socket.send(message, names.port, '127.0.0.1');
  await once(socket, 'message');
  t.deepEqual(
    replies.map((reply) => decode(reply).questions?.[0]?.name),
    ['last.test'],
  );
  t.is(seen.filter(({ type }) => type === 'unreadable').length, 2);
});

for (const [title, proof, more] of [
  ['no octets make it stop', undefined, {}],
  ['no octets make it stop where it has to sign', { signer: createSigner('.') }, asking(DNSSEC_OK)],
] as const)
  test(title, async (t) => {
    const { names, resolver } = await serve(t, { ...zone, proof });
    let state = 1;
    const random = () => {
      state = (state * 48271) % 0x7fffffff;
      return state / 0x7fffffff;
    };
    const messages = Array.from({ length: 2_000 }, () => {
      const message = Buffer.from(query(domain, 'A', more));
      for (let n = 0; n < 6; n += 1) message[Math.floor(random() * message.length)] = Math.floor(random() * 256);
      return message.subarray(0, Math.ceil(random() * message.length));
    });
    const socket = createSocket('udp4');
    for (const message of messages) socket.send(message, names.port, '127.0.0.1');
    t.deepEqual(await resolver.resolve4(domain), ['127.0.0.1']);
    socket.close();
  });

test('the longest of names can be denied', async (t) => {
  const { names } = await serve(t, { domain: '.', records: [], proof: { signer: createSigner('.') } });
  const longest = `${`${'x'.repeat(63)}.`.repeat(3)}${'x'.repeat(61)}`;
  const reply = await ask(names, longest, 'A', asking(DNSSEC_OK));
  t.is(reply.code, 0);
  t.is(reply.questions?.[0]?.name, longest);
});

test('over TCP queries may come one behind the other, and in pieces', async (t) => {
  const { names } = await serve(t, zone);
  const framed = Buffer.concat([Buffer.from([0, asked.length]), asked]);
  const socket = connect(names.port, '127.0.0.1');
  t.teardown(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(framed.subarray(0, 1));
  socket.write(Buffer.concat([framed.subarray(1), framed, framed]));
  const replies = await framesOf(socket, 3);
  t.deepEqual(
    replies.map((reply) => decode(reply).answers?.length),
    [1, 1, 1],
  );
});

test('over TCP nobody has more than 256 queries on a connection, or 32 connections', async (t) => {
  const { names } = await serve(t, { ...zone });
  const framed = Buffer.concat([Buffer.from([0, asked.length]), asked]);
  const socket = connect(names.port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(Buffer.concat(Array.from({ length: 300 }, () => framed)));
  await once(socket, 'close');
  const many = Array.from({ length: 40 }, () =>
    connect(names.port, '127.0.0.1')
      .on('error', () => undefined)
      .resume(),
  );
  t.teardown(() => {
    for (const one of many) one.destroy();
  });
  await new Promise<void>((resolve) => {
    let closed = 0;
    for (const one of many)
      one.once('close', () => {
        closed += 1;
        if (closed === 8) resolve();
      });
  });
  t.is(many.filter(({ destroyed }) => destroyed).length, 8);
});

async function framesOf(socket: ReturnType<typeof connect>, count: number): Promise<Buffer[]> {
  let octets = Buffer.alloc(0);
  const frames: Buffer[] = [];
  for await (const chunk of socket) {
    octets = Buffer.concat([octets, chunk]);
    while (octets.length >= 2 && octets.length >= 2 + octets.readUInt16BE(0)) {
      frames.push(octets.subarray(2, 2 + octets.readUInt16BE(0)));
      octets = octets.subarray(2 + octets.readUInt16BE(0));
    }
    if (frames.length >= count) break;
  }
  return frames;
}
