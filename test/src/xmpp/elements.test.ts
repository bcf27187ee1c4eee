import test from 'ava';
import { type Element, parse } from 'ltx';
import {
  childOf,
  childrenOf,
  element,
  is,
  localName,
  namespaceOf,
  serialise,
  streamHeader,
  withPrefix,
} from '../../../src/xmpp/elements.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';
import { record } from './recording.ts';

const TLS = NS.tls;

/** Each is `<starttls/>` of the STARTTLS namespace with one `<required/>` in it. */
const STARTTLS = [
  `<starttls xmlns='${TLS}'><required/></starttls>`,
  `<t:starttls xmlns:t='${TLS}'><t:required/></t:starttls>`,
  `<starttls xmlns='${TLS}' xmlns:t='${TLS}'><t:required/></starttls>`,
  `<t:starttls xmlns:t='${TLS}'><required xmlns='${TLS}'/></t:starttls>`,
];
for (const xml of STARTTLS) {
  test(`whatever the prefix, it is the same element: ${xml}`, (t) => {
    const el = parse(xml);
    t.is(localName(el), 'starttls');
    t.is(namespaceOf(el), TLS);
    t.true(is(el, 'starttls', TLS));
    t.is(childrenOf(el).length, 1);
    t.is(childrenOf(el, 'required', TLS).length, 1);
    t.is(childOf(el, 'required'), childOf(el, undefined, TLS));
    t.is(childOf(el, 'required', NS.client), undefined);
  });
}

const NAMESPACES: [string, string | undefined][] = [
  ['<a/>', undefined],
  ["<a xmlns=''/>", ''],
  ['<p:a/>', undefined],
  ['<xml:a/>', NS.xml],
  ["<a xmlns:p='urn:p'/>", undefined],
];
for (const [xml, ns] of NAMESPACES) {
  test(`the namespace of ${xml} is ${ns}`, (t) => t.is(namespaceOf(parse(xml)), ns));
}

test("xmlns='' takes an element out of its parent's namespace", (t) => {
  t.is(namespaceOf(childrenOf(parse("<a xmlns='urn:a'><b xmlns=''/></a>"))[0] as Element), '');
});

const BUILT: [Element, string][] = [
  [element('a'), '<a/>'],
  [element('a', 'urn:a', { b: '<', c: undefined }, 'text', element('d')), '<a xmlns="urn:a" b="&lt;">text<d/></a>'],
  [element('p:a', 'urn:a'), '<p:a xmlns:p="urn:a"/>'],
];
for (const [el, xml] of BUILT) test(`built: ${xml}`, (t) => t.is(el.toString(), xml));

const ON_A_STREAM: [string, Element, string][] = [
  ['the default namespace is not repeated', element('iq', NS.client, { id: '1' }), '<iq id="1"/>'],
  ['another namespace is declared', element('starttls', TLS), `<starttls xmlns="${TLS}"/>`],
  ['what declares nothing stays so', element('iq'), '<iq/>'],
  ["the header's prefix is not repeated", element('stream:features', NS.streams), '<stream:features/>'],
  ['another prefix is declared', element('s:features', NS.streams), `<s:features xmlns:s="${NS.streams}"/>`],
  ['the prefix for something else is declared', element('stream:a', 'urn:a'), '<stream:a xmlns:stream="urn:a"/>'],
  ['an element of no namespace says so', element('a', ''), '<a xmlns=""/>'],
  [
    'children are left as they are',
    element('a', 'urn:a', {}, element('iq', NS.client)),
    `<a xmlns="urn:a"><iq xmlns="${NS.client}"/></a>`,
  ],
];
for (const [title, el, xml] of ON_A_STREAM) test(`on a stream: ${title}`, (t) => t.is(serialise(el), xml));

test('on a stream of another default namespace', (t) => {
  t.is(serialise(element('iq', NS.client), { xmlns: NS.server }), `<iq xmlns="${NS.client}"/>`);
});

test('serialising does not change the element', (t) => {
  const child = element('body', undefined, {}, 'x');
  const el = element('message', NS.client, {}, child);
  serialise(el);
  t.is(el.attrs.xmlns, NS.client);
  t.is(child.parent, el);
});

/** [given, prefix, result] */
const PREFIXED: [string, string, string][] = [
  [`<starttls xmlns='${TLS}'><required/></starttls>`, 't', `<t:starttls xmlns:t="${TLS}"><t:required/></t:starttls>`],
  [
    `<t:starttls xmlns:t='${TLS}'><t:required/></t:starttls>`,
    '',
    `<starttls xmlns:t="${TLS}" xmlns="${TLS}"><required/></starttls>`,
  ],
  [
    "<a xmlns='urn:a'><b xmlns='urn:b'><c/></b>text</a>",
    'p',
    '<p:a xmlns:p="urn:a"><b xmlns="urn:b"><c/></b>text</p:a>',
  ],
  ["<p:a xmlns:p='urn:a' xmlns='urn:b'><c/></p:a>", '', '<a xmlns:p="urn:a" xmlns="urn:a"><c xmlns="urn:b"/></a>'],
  [
    "<a xmlns='urn:a'><q:b xmlns:q='urn:b'><c/></q:b></a>",
    'q',
    '<q:a xmlns:q="urn:a"><q:b xmlns:q="urn:b"><q:c xmlns:q="urn:a"/></q:b></q:a>',
  ],
  ["<a xmlns='urn:a'><b xmlns=''><c/></b></a>", 'p', '<p:a xmlns:p="urn:a"><b xmlns=""><c/></b></p:a>'],
  ["<a xmlns='urn:a' b='c' xml:lang='d'/>", 'p', '<p:a b="c" xml:lang="d" xmlns:p="urn:a"/>'],
  ['<a><b/></a>', '', '<a><b/></a>'],
];
for (const [given, prefix, result] of PREFIXED) {
  test(`${given} with the prefix '${prefix}'`, (t) => {
    const el = parse(given);
    const before = el.toString();
    t.is(withPrefix(el, prefix).toString(), result);
    t.is(el.toString(), before, 'the original stays');
    t.deepEqual(meaning(parse(result)), meaning(el));
  });
}

test('a stream header of ours is one for the strict reader', (t) => {
  const header = streamHeader({ from: "a'&.test", id: '1', to: undefined });
  t.is(
    header,
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' from='a&apos;&amp;.test' id='1'>",
  );
  t.deepEqual(record().read(header).calls, [`open ${header}`]);
});

/** Names and namespaces without prefixes. */
function meaning(el: Element): unknown {
  return [
    namespaceOf(el),
    localName(el),
    ...el.children.map((child) => (typeof child === 'string' ? child : meaning(child))),
  ];
}
