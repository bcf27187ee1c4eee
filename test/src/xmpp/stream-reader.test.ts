import test from 'ava';
import { createStreamReader } from '../../../src/xmpp/stream-reader.ts';
import { HEADER, octets, record } from './recording.ts';

const TLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
/** The beginning of a ClientHello, then octets that are not UTF-8 and some that look like XML. */
const BINARY = Buffer.from('16030102000100fffec080f09f3c2f613e00', 'hex');

const SESSION = [
  "<?xml version='1.0' encoding=\"utf-8\" standalone='yes' ?>\r\n",
  HEADER,
  ' \n',
  "<message to='é€😀' note=\"it's > that\"><body>é€😀&#x1F600;&amp;<![CDATA[<&]]]]>></body >\r\n</message\n>",
  "<t:starttls xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'/>",
  "<a b='1'\tc\n=\r' 2'><日本 xml:lang='ja' xmlns=''/></a>",
  '</stream:stream >',
  '\n',
].join('');

test('a session is told construct by construct, each with what was received for it', (t) => {
  t.deepEqual(record().read(SESSION).calls, [
    `open <?xml version='1.0' encoding="utf-8" standalone='yes' ?>\r\n${HEADER}`,
    'whitespace 2',
    "element <message to='é€😀' note=\"it's > that\"><body>é€😀&#x1F600;&amp;<![CDATA[<&]]]]>></body >\r\n</message\n>",
    "element <t:starttls xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'/>",
    "element <a b='1'\tc\n=\r' 2'><日本 xml:lang='ja' xmlns=''/></a>",
    'close </stream:stream >',
    'whitespace 1',
  ]);
});

test('the elements hold what XML says that their text means', (t) => {
  t.deepEqual(record().read(SESSION).elements, [
    `<message to="é€😀" note="it&apos;s &gt; that" xmlns="jabber:client"><body>é€😀😀&amp;&lt;&amp;]]&gt;</body>\n</message>`,
    '<t:starttls xmlns:t="urn:ietf:params:xml:ns:xmpp-tls"/>',
    '<a b="1" c=" 2" xmlns="jabber:client"><日本 xml:lang="ja" xmlns=""/></a>',
  ]);
});

test('text on both sides of a CDATA section is kept', (t) => {
  t.deepEqual(
    record().read(`${HEADER}<a>one<![CDATA[ two ]]> three<![CDATA[]]><![CDATA[&amp;]]><b/>four</a>`).elements,
    ['<a xmlns="jabber:client">one two  three&amp;amp;<b/>four</a>'],
  );
});

test('where the chunks are cut does not matter', (t) => {
  const bytes = Buffer.from(SESSION);
  const whole = record().read(bytes);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const parts = record().read(bytes.subarray(0, cut), bytes.subarray(cut));
    t.deepEqual(parts.elements, whole.elements, `cut at ${cut}`);
    // A run of white space is told once per chunk.
    t.deepEqual(parts.calls.filter(isConstruct), whole.calls.filter(isConstruct), `cut at ${cut}`);
  }
  t.deepEqual(
    record()
      .read(...octets(SESSION))
      .calls.filter(isConstruct),
    whole.calls.filter(isConstruct),
  );
});

test('after stop not an octet more is read, and the rest comes back as it was', (t) => {
  const before = Buffer.from(`${HEADER}<message><body>é€😀</body></message>${TLS}`);
  const bytes = Buffer.concat([before, BINARY]);
  for (let cut = 0; cut <= before.length; cut += 1) {
    const { reader, calls } = record({}, (call) => call.includes('starttls') && reader.stop());
    const rests = [bytes.subarray(0, cut), bytes.subarray(cut)].map((chunk) => reader.write(chunk));
    t.deepEqual(Buffer.concat(rests), BINARY, `cut at ${cut}`);
    t.is(calls.at(-1), `element ${TLS}`);
    t.is(reader.unfinished(), '');
  }
});

const STOPS: [string, string, string][] = [
  ['a header', HEADER, ''],
  ['white space', ' \n', HEADER],
  ['an element with content', '<a> <b/> </a>', HEADER],
  ['a prefixed element', "<x:a xmlns:x='urn:x'/>", HEADER],
  ["the stream's end", '</stream:stream>', HEADER],
];
for (const [title, construct, before] of STOPS) {
  for (const after of [BINARY, Buffer.from('<b/>'), Buffer.from('\n<b/>'), Buffer.from('<'), Buffer.alloc(0)]) {
    test(`${title} can be the last thing read, in front of ${JSON.stringify(after.toString('latin1'))}`, (t) => {
      let armed = false;
      const { reader } = record({}, () => armed && reader.stop());
      reader.write(Buffer.from(before));
      armed = true;
      // White space in front of white space is the same run.
      const rest = construct.trim() === '' ? Buffer.from(after.toString('latin1').trimStart(), 'latin1') : after;
      t.deepEqual(reader.write(Buffer.concat([Buffer.from(construct), after])), rest);
    });
  }
}

test('while stopped nothing is read; resume goes on where it was', (t) => {
  const { reader, calls } = record({}, (call) => call.startsWith('element') && reader.stop());
  let rest = reader.write(Buffer.from(`${HEADER}<a/><b/><c`));
  t.is(rest.toString(), '<b/><c');
  t.is(reader.write(rest), rest);
  reader.resume();
  rest = reader.write(rest);
  t.is(rest.toString(), '<c');
  reader.resume();
  t.is(reader.write(rest).length, 0);
  t.is(reader.write(Buffer.from('/>d')).toString(), 'd');
  t.deepEqual(calls, [`open ${HEADER}`, 'element <a/>', 'element <b/>', 'element <c/>']);
});

test('after reset a new header is expected, also in the same chunk', (t) => {
  const { reader, calls, faults } = record({}, (call) => call.startsWith('element') && reader.reset());
  reader.write(Buffer.from(`${HEADER}<a/>\n<?xml version='1.0'?>${HEADER}<b/>${HEADER}</stream:stream>`));
  t.deepEqual(faults, []);
  t.deepEqual(
    calls.map((call) => call.split(' ')[0]),
    ['open', 'element', 'whitespace', 'open', 'element', 'open', 'close'],
  );
});

test('reset forgets what was unfinished, and does not undo stop', (t) => {
  const { reader, calls } = record();
  reader.write(Buffer.from(`${HEADER}<a b="<`));
  reader.reset();
  reader.write(Buffer.from(`${HEADER}<a>text`));
  reader.stop();
  reader.reset();
  t.is(reader.write(Buffer.from(HEADER)).toString(), HEADER);
  reader.resume();
  reader.write(Buffer.from(HEADER));
  t.is(calls.at(-1), `open ${HEADER}`);
});

test('what is not whole yet can be asked for', (t) => {
  const { reader } = record().read(`${HEADER}<auth>AGp1`, 'bGll', 'dA=');
  t.is(reader.unfinished(), '<auth>AGp1bGlldA=');
  reader.write(Buffer.from('=</auth>'));
  t.is(reader.unfinished(), '');
});

const HEADERS: [string, string][] = [
  ['another prefix', "<s:stream xmlns:s='http://etherx.jabber.org/streams'>"],
  ['no prefix', "<stream xmlns='http://etherx.jabber.org/streams'>"],
  ['white space in the tag', "<stream:stream\n\txmlns:stream = 'http://etherx.jabber.org/streams' >"],
];
for (const [title, header] of HEADERS) {
  test(`a stream header with ${title}`, (t) => {
    t.deepEqual(record().read(header).calls, [`open ${header}`]);
  });
}

test('the attributes of the header are told as written', (t) => {
  createStreamReader({
    open: (attributes) =>
      t.deepEqual(attributes, {
        xmlns: 'jabber:client',
        'xmlns:stream': 'http://etherx.jabber.org/streams',
        to: 'a&b',
        'xml:lang': 'en',
      }),
    element: () => t.fail(),
    close: () => t.fail(),
    malformed: (reason) => t.fail(reason),
  }).write(Buffer.from(`${HEADER.split(' to=')[0]} to='a&amp;b' xml:lang='en'>`));
  t.plan(1);
});

test('a header that is an empty element opens and closes the stream', (t) => {
  const header = "<s:stream xmlns:s='http://etherx.jabber.org/streams'/>";
  t.deepEqual(record().read(header).calls, [`open ${header}`, `close ${header}`]);
});

/** What a first-level element takes from the header it takes along. */
const INHERITED: [string, string, string][] = [
  ['the default namespace', '<iq/>', '<iq xmlns="jabber:client"/>'],
  ['a prefix', '<stream:error/>', '<stream:error xmlns:stream="http://etherx.jabber.org/streams"/>'],
  ["a child's prefix", "<a xmlns='urn:a'><p:b/></a>", '<a xmlns="urn:a" xmlns:p="urn:p"><p:b/></a>'],
  ["an attribute's prefix", "<a xmlns='urn:a' p:b=''/>", '<a xmlns="urn:a" p:b="" xmlns:p="urn:p"/>'],
  ["a child's default namespace", '<p:a><b/></p:a>', '<p:a xmlns:p="urn:p" xmlns="jabber:client"><b/></p:a>'],
  ['nothing that it declares', "<p:a xmlns:p='urn:q'/>", '<p:a xmlns:p="urn:q"/>'],
  ['nothing that it does not use', "<a xmlns=''/>", '<a xmlns=""/>'],
];
for (const [what, sent, held] of INHERITED) {
  test(`a first-level element inherits ${what}`, (t) => {
    t.deepEqual(record().read(HEADER.replace(' to=', " xmlns:p='urn:p' to="), sent).elements, [held]);
  });
}

test('what a handler throws is not taken for a fault of the input', (t) => {
  const { reader, faults } = record({}, (call) => {
    if (call.startsWith('element')) throw new Error('mine');
  });
  t.throws(() => reader.write(Buffer.from(`${HEADER}<a/>`)), { message: 'mine' });
  t.deepEqual(faults, []);
});

function isConstruct(call: string): boolean {
  return !call.startsWith('whitespace');
}
