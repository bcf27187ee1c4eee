/** Tokens and sessions of the simulated entity: given out on one connection, used on another, and only as they may be. */
import { createHmac } from 'node:crypto';
import test from 'ava';
import { type Element, parse } from 'ltx';
import { type SimulatedSettings, simulated } from '../../../src/entity/simulated.ts';
import { serialise } from '../../../src/xmpp/elements.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';

const account = { localpart: 'juliet', domain: 'im.example.test', password: 'secret' };
const plain = Buffer.from('\0juliet\0secret').toString('base64');
const AUTH = `<auth xmlns='${NS.sasl}' mechanism='PLAIN'>${plain}</auth>`;
const BIND = `<iq type='set' id='b'><bind xmlns='${NS.bind}'><resource>balcony</resource></bind></iq>`;
const ENABLE = `<enable xmlns='${NS.sm}' resume='true'/>`;

function server(extensions: NonNullable<SimulatedSettings['extensions']>) {
  const issued = new Map<string, string>();
  const entity = simulated({
    account,
    extensions,
    mechanisms: { clear: ['PLAIN'], tls: ['PLAIN'] },
    sasl2: { clear: ['PLAIN'], tls: ['PLAIN'] },
    iqAuth: { clear: false, tls: false },
    issued: (name, value) => void issued.set(name, value),
  });
  const connect = (secured = true) => {
    const sent: Element[] = [];
    const bound: string[] = [];
    const own = entity({
      header: () => undefined,
      send: (element) => void sent.push(element),
      restart: () => open(),
      authenticated: () => undefined,
      accepted: () => undefined,
      certificate: () => undefined,
      bound: (jid) => void bound.push(jid),
      close: () => undefined,
    });
    const open = () => own.open({ to: account.domain, from: undefined, secured });
    open();
    return {
      bound,
      /** The one before the last. */
      before: () => serialise(sent.at(-2) ?? parse('<nothing/>')).replaceAll('"', "'"),
      last: () => serialise(sent.at(-1) ?? parse('<nothing/>')).replaceAll('"', "'"),
      say(...xml: string[]) {
        for (const one of xml) own.receive(parse(one));
        return serialise(sent.at(-1) ?? parse('<nothing/>')).replaceAll('"', "'");
      },
    };
  };
  return { connect, issued };
}

test('a session is taken up on another connection', (t) => {
  const { connect, issued } = server(['stream-management']);
  const one = connect();
  t.regex(one.say(AUTH), /<sm xmlns='urn:xmpp:sm:3'\/>/);
  const enabled = one.say(BIND, ENABLE);
  const id = issued.get('session-id');
  t.is(enabled, `<enabled xmlns='${NS.sm}' id='${id}' resume='true' max='300'/>`);
  t.is(
    one.say("<message xmlns='jabber:client'/>", '<presence/>', `<r xmlns='${NS.sm}'/>`),
    `<a xmlns='${NS.sm}' h='2'/>`,
  );

  const two = connect();
  t.is(
    two.say(AUTH, `<resume xmlns='${NS.sm}' previd='${id}' h='0'/>`),
    `<resumed xmlns='${NS.sm}' previd='${id}' h='2'/>`,
  );
  t.deepEqual(two.bound, [...one.bound]);
});

const inline = (more: string) =>
  `<authenticate xmlns='${NS.sasl2}' mechanism='PLAIN'><initial-response>${plain}</initial-response>${more}</authenticate>`;
const BIND_2 = `<bind xmlns='${NS.bind2}'><tag>balcony</tag><enable xmlns='${NS.sm}' resume='true'/></bind>`;

test('within a login over SASL2 a session begins, and is taken up', (t) => {
  const { connect, issued } = server(['stream-management']);
  const one = connect();
  t.regex(one.last(), /<feature var='urn:xmpp:sm:3'\/><\/inline><\/bind><sm xmlns='urn:xmpp:sm:3'\/>/);
  one.say(inline(BIND_2));
  const id = issued.get('session-id') ?? '?';
  t.regex(one.before(), new RegExp(`<bound xmlns='urn:xmpp:bind:0'><enabled [^>]*id='${id}'`));

  const two = connect();
  const answer = two.say(inline(`<resume xmlns='${NS.sm}' previd='${id}' h='0'/>${BIND_2}`));
  t.regex(answer, new RegExp(`<success.*<resumed xmlns='${NS.sm}' previd='${id}' h='0'/></success>$`));
  t.notRegex(answer, /bound/);
  t.deepEqual(two.bound, [...one.bound]);
});

test('within a login over SASL2 a session that never was is not taken up, and a resource is bound', (t) => {
  const one = server(['stream-management']).connect();
  one.say(inline(`<resume xmlns='${NS.sm}' previd='x' h='0'/>${BIND_2}`));
  t.regex(one.before(), /<failed xmlns='urn:xmpp:sm:3'><item-not-found.*<bound/);
  t.is(one.bound.length, 1);
});

test('in clear, or where it is not offered, a login over SASL2 carries nothing', (t) => {
  const known = server(['stream-management']);
  known.connect().say(inline(BIND_2));
  const resume = `<resume xmlns='${NS.sm}' previd='${known.issued.get('session-id')}' h='0'/>`;
  const inClear = known.connect(false);
  inClear.say(inline(resume));
  t.notRegex(inClear.before(), /urn:xmpp:sm/);
  t.deepEqual(inClear.bound, []);
  const without = server([]).connect();
  without.say(inline(BIND_2));
  t.notRegex(without.before(), /urn:xmpp:sm/);
});

const refused: [title: string, said: string[], answer: RegExp][] = [
  ['resume before a login', [`<resume xmlns='${NS.sm}' previd='x'/>`], /stream:error.*not-authorized/],
  ['enable before a login', [ENABLE], /stream:error.*not-authorized/],
  ['enable before bind', [AUTH, ENABLE], /failed.*unexpected-request/],
  ['enable twice', [AUTH, BIND, ENABLE, ENABLE], /failed.*unexpected-request/],
  ['resume what never was', [AUTH, `<resume xmlns='${NS.sm}' previd='x'/>`], /failed.*item-not-found/],
  ['resume after bind', [AUTH, BIND, `<resume xmlns='${NS.sm}' previd='x'/>`], /failed.*unexpected-request/],
];

for (const [title, said, answer] of refused) {
  test(`refused: ${title}`, (t) =>
    t.regex(
      server(['stream-management'])
        .connect()
        .say(...said),
      answer,
    ));
}

test('neither is offered in clear, or where it is not wanted', (t) => {
  t.notRegex(server(['stream-management', 'fast']).connect(false).last(), /fast/);
  t.notRegex(server(['stream-management', 'fast']).connect(false).say(AUTH), /urn:xmpp:sm/);
  t.notRegex(server([]).connect().last(), /fast/);
  t.regex(server([]).connect().say(AUTH, BIND, ENABLE), /iq/);
});

const request = (mechanism: string, message: string, more: string) =>
  `<authenticate xmlns='${NS.sasl2}' mechanism='${mechanism}'><initial-response>${message}</initial-response>${more}</authenticate>`;
const withToken = (token: string) => {
  const hash = createHmac('sha256', token).update('Initiator').digest();
  return Buffer.concat([Buffer.from('juliet\0'), hash]).toString('base64');
};
const wanted = (mechanism: string) =>
  request('PLAIN', plain, `<request-token xmlns='${NS.fast}' mechanism='${mechanism}'/>`);

test('a token logs in on another connection, and its hash is a secret too', (t) => {
  const { connect, issued } = server(['fast']);
  t.regex(connect().last(), /<fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-NONE/);
  connect().say(wanted('HT-SHA-256-NONE'));
  const token = issued.get('token') ?? '';
  const login = request('HT-SHA-256-NONE', withToken(token), `<fast xmlns='${NS.fast}'/><bind xmlns='${NS.bind2}'/>`);
  const two = connect();
  two.say(login);
  t.is(two.bound.length, 1);
  t.true(
    Buffer.from(withToken(token), 'base64')
      .toString('latin1')
      .includes(issued.get('token-hash') ?? '?'),
  );
  const inClear = connect(false);
  t.regex(inClear.say(login), /failure/);
});

test('a token is of use with its own mechanism only', (t) => {
  const { connect, issued } = server(['fast']);
  connect().say(wanted('HT-SHA-256-EXPR'));
  t.regex(connect().say(request('HT-SHA-256-NONE', withToken(issued.get('token') ?? ''), '')), /credentials-expired/);
});
