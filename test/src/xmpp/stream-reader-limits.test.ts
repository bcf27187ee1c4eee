import test from 'ava';
import { HEADER, record } from './recording.ts';

const KIB = 1024;
const BITS = "<b c='d'>";

/** What never ends, the limit that ends it, and how many octets may have been taken by then. */
const ENDLESS: [title: string, before: string, repeated: string, reason: string][] = [
  ['a header tag', '<stream:stream ', 'x', 'a stream header of more than 16384 octets'],
  ['a header attribute', "<stream:stream to='", 'x', 'a stream header of more than 16384 octets'],
  ['an XML declaration', '<?xml ', ' ', 'a stream header of more than 16384 octets'],
  ['white space after the declaration', "<?xml version='1.0'?>", ' ', 'a stream header of more than 16384 octets'],
  ['a tag name', `${HEADER}<a`, 'a', 'an element of more than 262144 octets'],
  ['a tag', `${HEADER}<a `, ' ', 'an element of more than 262144 octets'],
  ['an attribute', `${HEADER}<a b="`, '>', 'an element of more than 262144 octets'],
  ['an end tag', `${HEADER}<a></a`, ' ', 'an element of more than 262144 octets'],
  ['a text', `${HEADER}<a>`, 'é', 'an element of more than 262144 octets'],
  ['a CDATA section', `${HEADER}<a><![CDATA[`, ']]', 'an element of more than 262144 octets'],
  ['an element of many elements', `${HEADER}<a>`, '<b/>', 'an element of more than 262144 octets'],
  ['an element of many CDATA sections', `${HEADER}<a>`, '<![CDATA[]]>', 'an element of more than 262144 octets'],
  ['attributes', `${HEADER}<a`, " b=''", 'more than 256 attributes'],
  ['depth', `${HEADER}<a>`, '<b>', 'elements nested deeper than 64'],
];

for (const [title, before, repeated, reason] of ENDLESS) {
  for (const size of [1, 1000, 2 * KIB * KIB]) {
    test(`endless ${title}, ${size} octets at a time, meets its limit`, (t) => {
      const { reader, faults } = record();
      reader.write(Buffer.from(before));
      const flood = Buffer.from(repeated.repeat(Math.ceil((2 * KIB * KIB) / repeated.length)));
      for (let at = 0; at < flood.length && faults.length === 0; at += size)
        reader.write(flood.subarray(at, at + size));
      t.is(faults.length, 1);
      t.is(faults[0]?.reason, reason);
      if (reason.startsWith('an element')) t.true(faults[0]?.text.startsWith('<a'));
    });
  }
}

/** Each limit is met exactly: the first is taken, the second is not. */
const EXACT: [title: string, limits: Parameters<typeof record>[0], fits: string, exceeds: string][] = [
  ['depth', { depth: 2 }, `${HEADER}<a><b/></a>`, `${HEADER}<a><b><c/></b></a>`],
  [
    'element',
    { element: 9 },
    `${HEADER}${BITS.replace('>', '/>').replace('d', '')}`,
    `${HEADER}${BITS.replace('>', '/>')}`,
  ],
  ['header', { header: HEADER.length }, HEADER, HEADER.replace('>', ' >')],
  ['attributes', { attributes: 4 }, `${HEADER}<a b='' c='' d='' e=''/>`, `${HEADER}<a b='' c='' d='' e='' f=''/>`],
];
for (const [title, limits, fits, exceeds] of EXACT) {
  test(`the limit of ${title} is exact`, (t) => {
    t.is(record(limits).read(fits).faults.length, 0);
    t.is(record(limits).read(exceeds).faults.length, 1);
  });
}

test('limits hold for one construct, not for the stream', (t) => {
  const { faults, elements } = record({ element: 100, depth: 1 }).read(
    HEADER,
    '<a/>'.repeat(1000),
    ' '.repeat(1000),
    '<a/>',
  );
  t.deepEqual(faults, []);
  t.is(elements.length, 1001);
});

test('white space between elements is counted, not kept', (t) => {
  const { reader, calls, faults } = record().read(HEADER);
  const flood = Buffer.alloc(KIB * KIB, ' ');
  for (let n = 0; n < 64; n += 1) reader.write(flood);
  t.deepEqual(faults, []);
  t.is(calls.filter((call) => call === `whitespace ${KIB * KIB}`).length, 64);
  t.is(reader.unfinished(), '');
});

/** Inputs within the limits that cost much where something is quadratic. A correct reader needs milliseconds. */
const COSTLY: [title: string, octetsAtATime: number, sent: string][] = [
  ['a long text octet by octet', 1, `<a>${'x'.repeat(250 * KIB)}</a>`],
  ['a long attribute octet by octet', 1, `<a b='${'x'.repeat(250 * KIB)}'/>`],
  ['a long CDATA section octet by octet', 1, `<a><![CDATA[${']'.repeat(250 * KIB)}]]></a>`],
  ['many elements octet by octet', 1, `<a>${'<b/>'.repeat(60 * KIB)}</a>`],
  ['many references', 1000, `<a>${'&amp;'.repeat(50 * KIB)}</a>`],
  ['ampersands without end', 1000, `<a>${'&#1'.repeat(80 * KIB)}</a>`],
  ['a tag that fails at its end', 1000, `<a ${' '.repeat(100 * KIB)}b${'b'.repeat(100 * KIB)} >`],
  ['attributes that fail at the end', 1000, `<a ${`${'b'.repeat(900)}='${' '.repeat(100)}' `.repeat(200)} c>`],
  [
    'many prefixes',
    1000,
    `<a ${Array.from({ length: 250 }, (_, n) => `xmlns:p${n}='urn:x'`).join(' ')}>${'<p7:b/>'.repeat(30 * KIB)}</a>`,
  ],
  [
    'prefixes from the header, deep down',
    1000,
    `${'<a>'.repeat(60)}${'<stream:b/>'.repeat(20 * KIB)}${'</a>'.repeat(60)}`,
  ],
];
for (const [title, size, sent] of COSTLY) {
  test.serial(`${title}: linear`, (t) => {
    const { reader, calls } = record();
    const bytes = Buffer.from(HEADER + sent);
    const start = process.cpuUsage();
    for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size));
    const { user, system } = process.cpuUsage(start);
    t.is(calls.length, 2);
    t.true(user + system < 3_000_000, `${(user + system) / 1000} ms`);
  });
}
