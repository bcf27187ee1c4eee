import test from 'ava';
import { HEADER, octets, record } from './recording.ts';

type Row = [title: string, sent: string | Uint8Array, reason: RegExp | string, text?: string];

const NO_HEADER: Row[] = [
  [
    'HTTP',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'an HTTP request instead of a stream header',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'an HTTP/2 preface instead of a stream header'],
  ['an HTTP response', 'HTTP/1.1 200 OK\r\n', 'an HTTP response instead of a stream header'],
  ['TLS', Buffer.from('160301020001', 'hex'), 'a TLS record instead of a stream header', '\x16\x03\x01\x02\x00\x01'],
  ['SSH', 'SSH-2.0-x\r\n', 'an SSH banner instead of a stream header'],
  ['a byte order mark', `\ufeff${HEADER}`, 'a byte order mark instead of a stream header'],
  ['UTF-16', Buffer.from(`\ufeff${HEADER}`, 'utf16le'), 'text instead of a stream header'],
  ['text', 'hello', 'text instead of a stream header'],
  ['text after the declaration', "<?xml version='1.0'?>x", 'text instead of a stream header'],
  ['an end tag', '</stream:stream>', '</stream:stream> where nothing is open'],
  ['HTML', '<html>', "<html xmlns=''> instead of a stream header"],
  [
    'WebSocket framing',
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'> instead of a stream header",
  ],
  [
    'a stream of another namespace',
    "<s:stream xmlns:s='urn:x'>",
    "<s:stream xmlns='urn:x'> instead of a stream header",
  ],
  ['an undeclared stream prefix', '<stream:stream>', 'a prefix that is not declared: stream'],
  ['a CDATA section', '<![CDATA[', 'a CDATA section outside of an element'],
  ['white space in front of the declaration', "\n<?xml version='1.0'?>", /not at the start/],
  ['a second declaration', "<?xml version='1.0'?><?xml version='1.0'?>", /not at the start/],
  ['another encoding', "<?xml version='1.0' encoding='ISO-8859-1'?>", 'an encoding other than UTF-8: ISO-8859-1'],
  ['another version of XML', "<?xml version='2.0'?>", /XML declaration that is not well-formed/],
  ['a declaration without version', "<?xml encoding='UTF-8'?>", /XML declaration that is not well-formed/],
  [
    'a declaration in the wrong order',
    "<?xml encoding='UTF-8' version='1.0'?>",
    /XML declaration that is not well-formed/,
  ],
  ['a processing instruction', "<?xml-stylesheet href='a'?>", /a processing instruction/],
  ['a DTD', '<!DOCTYPE stream', 'a document type declaration', '<!DOCTYPE stream'],
  ['a DTD after the declaration', "<?xml version='1.0'?><!DOCTYPE a>", 'a document type declaration', '<!DOCTYPE a>'],
  [
    'billion laughs',
    '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><stream:stream>&lol2;',
    'a document type declaration',
  ],
];

const BETWEEN_ELEMENTS: Row[] = [
  ['text', ' x', 'text between first-level elements', 'x'],
  ['TLS', Buffer.from('\n\x16\x03\x01'), 'text between first-level elements', '\x16\x03\x01'],
  ['a character reference to white space', '&#32;', 'text between first-level elements'],
  ['a CDATA section', '<![CDATA[ ]]>', 'a CDATA section outside of an element'],
  ['an XML declaration', "<?xml version='1.0'?>", /not at the start/],
  ['a second stream header', `${HEADER}</stream:strean>`, '</stream:strean> where </stream:stream> is open'],
  ['an element after the end', '</stream:stream> <a/>', 'something after the end of the stream', '<a/>'],
  ['text after the end', '</stream:stream> a', 'something after the end of the stream', 'a'],
  ['a second root', `</stream:stream>${HEADER}`, 'something after the end of the stream', HEADER],
];

const IN_ELEMENT: Row[] = [
  ['a comment', '<!-- x -->', 'a comment', '<!-- x -->'],
  ['a processing instruction', '<?php ?>', /a processing instruction/],
  ['an XML declaration', "<?xml version='1.0'?>", /not at the start/],
  ['a DTD', '<!DOCTYPE a>', 'a document type declaration'],
  ['a misspelt CDATA section', '<![CDATa[', 'a document type declaration'],
  ['mismatched tags', '<b></c>', '</c> where </b> is open', '</c>'],
  ['tags that differ in case', '<b></B>', '</B> where </b> is open'],
  ['tags that differ in prefix', "<p:b xmlns:p='urn:p' xmlns:q='urn:p'></q:b>", '</q:b> where </p:b> is open'],
  ["the stream's end too early", '</stream:stream>', '</stream:stream> where </a> is open'],
  ['an attribute twice', "<b c='' c=''>", 'a duplicate attribute'],
  ['an attribute twice by namespace', "<b xmlns:p='urn:p' xmlns:q='urn:p' p:c='' q:c=''>", 'a duplicate attribute'],
  ['a declaration twice', "<b xmlns='a' xmlns='b'>", 'a duplicate attribute'],
  ['an undeclared prefix', '<p:b>', 'a prefix that is not declared: p'],
  ['an undeclared prefix of an attribute', "<b p:c=''>", 'a prefix that is not declared: p'],
  ['a prefix that went out of scope', "<b xmlns:p='urn:p'/><p:b>", 'a prefix that is not declared: p'],
  ['a prefix bound to nothing', "<b xmlns:p=''>", 'a namespace declaration that is not allowed: xmlns:p'],
  ['the prefix xmlns, declared', "<b xmlns:xmlns='urn:x'>", 'a namespace declaration that is not allowed: xmlns:xmlns'],
  ['the prefix xmlns, used', '<xmlns:b>', 'a prefix that is not declared: xmlns'],
  ['the prefix xml, bound anew', "<b xmlns:xml='urn:x'>", 'a namespace declaration that is not allowed: xmlns:xml'],
  [
    'the namespace of xml, bound to another prefix',
    "<b xmlns:p='http://www.w3.org/XML/1998/namespace'>",
    'a namespace declaration that is not allowed: xmlns:p',
  ],
  [
    'the namespace of xmlns as default',
    "<b xmlns='http://www.w3.org/2000/xmlns/'>",
    'a namespace declaration that is not allowed: xmlns',
  ],
  ['two colons', '<b:c:d>', 'a tag that is not well-formed'],
  ['a colon in front', '<:b>', "'<' without a name"],
  ['no name', '<>', "'<' without a name"],
  ['white space before the name', '< b>', "'<' without a name"],
  ['a digit before the name', '<1>', "'<' without a name"],
  ['a name with a forbidden character', '<b×>', 'a tag that is not well-formed'],
  ['an attribute without value', '<b c>', 'a tag that is not well-formed'],
  ['an attribute without quotes', '<b c=d>', 'a tag that is not well-formed'],
  ['attributes without white space', "<b c=''d=''>", 'a tag that is not well-formed'],
  ["'<' in an attribute", "<b c='<'>", "'<' inside a tag"],
  ["'<' in a tag", '<b <c>', "'<' inside a tag"],
  ['a slash in a tag', "<b / c=''>", 'a tag that is not well-formed'],
  ['white space after the slash', '<b/ >', 'a tag that is not well-formed'],
  ['an end tag with an attribute', "</a b='>", 'an end tag that is not well-formed'],
  ['an end tag without name', '</>', 'an end tag that is not well-formed'],
  ['an empty end tag', '</a/>', 'an end tag that is not well-formed'],
  ['an entity', '&nbsp;<', 'an entity reference that is not predefined', '&nbsp;<'],
  ['an entity in an attribute', "<b c='&nbsp;'>", 'an entity reference that is not predefined'],
  ['a bare ampersand', 'a & b<', 'an entity reference that is not predefined'],
  ['an entity without end', '&amp<', 'an entity reference that is not predefined'],
  ['an entity over the end of the text', '&amp<b/>;', 'an entity reference that is not predefined'],
  ['an empty character reference', '&#;<', 'an entity reference that is not predefined'],
  ['a character reference with a capital X', '&#X41;<', 'an entity reference that is not predefined'],
  ['a reference to U+0000', '&#0;<', 'a reference to a character that XML forbids: &#0;'],
  ['a reference to U+0008 in an attribute', "<b c='&#8;'>", 'a reference to a character that XML forbids: &#8;'],
  ['a reference to a surrogate', '&#xD83D;<', 'a reference to a character that XML forbids: &#xD83D;'],
  ['a reference to U+FFFE', '&#xFFFE;<', 'a reference to a character that XML forbids: &#xFFFE;'],
  ['a reference beyond Unicode', '&#x110000;<', 'a reference to a character that XML forbids: &#x110000;'],
  ["']]>' in text", ']]><', "']]>' in text"],
  ['a NUL', '\0', 'a character that XML forbids: U+0000', '\0'],
  ['a control character', 'a\x1fb', 'a character that XML forbids: U+001F'],
  ['TLS inside a tag', Buffer.from('<b \x16\x03\x01'), 'a character that XML forbids: U+0016'],
  ['a control character in a CDATA section', '<![CDATA[\x08', 'a character that XML forbids: U+0008'],
  ['U+FFFF', '\uffff<', /U\+FFFE or U\+FFFF/],
  ['a lone continuation octet', Buffer.from('80', 'hex'), 'not UTF-8'],
  ['an overlong form', Buffer.from('c0af', 'hex'), 'not UTF-8'],
  ['an encoded surrogate', Buffer.from('eda080', 'hex'), 'not UTF-8'],
  ['a character beyond Unicode', Buffer.from('f4908080', 'hex'), 'not UTF-8'],
  ['a character cut off by a tag', Buffer.from('e282', 'hex'), 'not UTF-8'],
];

const TABLES: [place: string, before: string, rows: Row[]][] = [
  ['instead of a header', '', NO_HEADER],
  ['between first-level elements', HEADER, BETWEEN_ELEMENTS],
  ['in an element', `${HEADER}<a>`, IN_ELEMENT],
];

for (const [place, before, rows] of TABLES) {
  for (const [title, sent, reason, text] of rows) {
    test(`malformed ${place}: ${title}`, (t) => {
      // Text is judged when it is whole; a tag makes it so.
      const bytes = Buffer.concat([Buffer.from(before), Buffer.from(sent as string)]);
      const { reader, faults, calls } = record().read(bytes);
      if (faults.length === 0) reader.write(Buffer.from('<b/>'));
      t.is(faults.length, 1);
      if (typeof reason === 'string') t.is(faults[0]?.reason, reason);
      else t.regex(faults[0]?.reason ?? '', reason);
      if (text !== undefined) t.is(faults[0]?.text, text);

      const told = calls.length;
      t.is(reader.write(Buffer.from(`${HEADER}<a/>`)).length, 0);
      t.is(calls.length, told, 'everything is ignored after it');
      t.is(reader.unfinished(), '');

      reader.reset();
      reader.write(Buffer.from(`${HEADER}<a/>`));
      t.deepEqual(calls.slice(told), [`open ${HEADER}`, 'element <a/>'], 'a reset makes it a new reader');
    });

    test(`malformed ${place}, octet by octet: ${title}`, (t) => {
      const bytes = Buffer.concat([Buffer.from(before), Buffer.from(sent as string), Buffer.from('<b/>')]);
      t.is(record().read(...octets(bytes)).faults.length, 1);
    });
  }
}

test('at most 512 characters of the offending text are told', (t) => {
  for (const tail of ['x'.repeat(10_000), 'é'.repeat(10_000)]) {
    t.is(record().read(`${HEADER}<a>`, `<b ${tail}`, `${tail}>`).faults[0]?.text.length, 512);
  }
});

test('long names make no long reasons', (t) => {
  const name = 'a'.repeat(5_000);
  for (const sent of [`<${name}>`, `${HEADER}<${name}></b>`, `${HEADER}<${name}:b/>`, `${HEADER}<b></${name}>`]) {
    t.true((record().read(sent).faults[0]?.reason.length ?? 999) < 200);
  }
});
