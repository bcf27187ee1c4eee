import test from 'ava';
import { type Element, parse } from 'ltx';
import type { CredentialKind } from '../../../src/transcript.ts';
import { classify, mechanismOf } from '../../../src/xmpp/credential-phase.ts';
import { createStreamReader } from '../../../src/xmpp/stream-reader.ts';
import { HEADER } from './recording.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SASL2 = 'urn:xmpp:sasl:2';

/** What a client may send on a stream of `jabber:client`, and which credential phase that is. */
const TABLE: [xml: string, kind: CredentialKind | undefined, mechanism?: string][] = [
  [`<auth xmlns='${SASL}' mechanism='PLAIN'>AGEAYg==</auth>`, 'sasl', 'PLAIN'],
  [`<s:auth xmlns:s='${SASL}' mechanism='EXTERNAL'>=</s:auth>`, 'sasl', 'EXTERNAL'],
  [`<auth xmlns='${SASL}'/>`, 'sasl'],
  [`<response xmlns='${SASL}' mechanism='PLAIN'/>`, 'sasl'],
  [`<abort xmlns='${SASL}'/>`, undefined],
  [`<authenticate xmlns='${SASL2}' mechanism='SCRAM-SHA-1'><initial-response/></authenticate>`, 'sasl2', 'SCRAM-SHA-1'],
  [`<response xmlns='${SASL2}'/>`, 'sasl2'],
  [`<abort xmlns='${SASL2}'/>`, undefined],
  [`<authenticate xmlns='${SASL}' mechanism='PLAIN'/>`, undefined],
  [`<auth xmlns='${SASL2}' mechanism='PLAIN'/>`, undefined],
  ["<auth mechanism='PLAIN'/>", undefined],
  ["<iq type='get' id='1'><query xmlns='jabber:iq:auth'><username>a</username></query></iq>", 'iq-auth'],
  ["<iq type='set' id='1'><query xmlns='jabber:iq:auth'><password>a</password></query></iq>", 'iq-auth'],
  ["<iq type='set' id='1'><a:query xmlns:a='jabber:iq:auth'/></iq>", 'iq-auth'],
  ["<c:iq xmlns:c='jabber:client' type='set' id='1'><query xmlns='jabber:iq:auth'/></c:iq>", 'iq-auth'],
  ["<iq type='set' id='1'><x xmlns='urn:x'/><query xmlns='jabber:iq:auth'/></iq>", 'iq-auth'],
  ["<iq type='get' id='1'><query xmlns='jabber:iq:register'/></iq>", 'register'],
  ["<iq type='set' id='1'><query xmlns='jabber:iq:register'><password>a</password></query></iq>", 'register'],
  ["<iq type='set' id='1'><x xmlns='urn:x'><query xmlns='jabber:iq:auth'/></x></iq>", 'stanza'],
  ["<message><query xmlns='jabber:iq:auth'/></message>", 'stanza'],
  ["<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>", 'compress'],
  ["<compress xmlns='http://jabber.org/features/compress'/>", undefined],
  ["<resume xmlns='urn:xmpp:sm:3' previd='a' h='0'/>", 'resume'],
  ["<enable xmlns='urn:xmpp:sm:3'/>", undefined],
  ["<db:result xmlns:db='jabber:server:dialback' from='a' to='b'>key</db:result>", 'dialback'],
  ["<db:verify xmlns:db='jabber:server:dialback' from='a' to='b' id='c'>key</db:verify>", 'dialback'],
  ["<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", 'stanza'],
  ["<iq type='result' id='1'/>", 'stanza'],
  ['<presence/>', 'stanza'],
  ['<message><body>a</body></message>', 'stanza'],
  ["<message xmlns='jabber:server'/>", 'stanza'],
  ["<message xmlns=''/>", 'stanza'],
  ["<message xmlns='urn:x'/>", 'stanza'],
  ["<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", undefined],
  ['<stream:error/>', undefined],
];

for (const [xml, kind, mechanism] of TABLE) {
  test(`${kind ?? 'no credential phase'}: ${xml}`, (t) => {
    const el = received(xml);
    t.is(classify(el), kind);
    t.is(mechanismOf(el), mechanism);
  });
}

test('a stanza is one in whatever namespace', (t) => {
  t.is(classify(parse('<presence/>')), 'stanza');
});

function received(xml: string): Element {
  const elements: Element[] = [];
  createStreamReader({
    open: () => {},
    element: (el) => elements.push(el),
    close: () => {},
    malformed: (reason) => {
      throw new Error(reason);
    },
  }).write(Buffer.from(HEADER + xml));
  const [el] = elements;
  if (el === undefined) throw new Error('no element');
  return el;
}
