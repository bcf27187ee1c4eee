import test from 'ava';
import { createStreamReader } from '../../../src/xmpp/stream-reader.ts';
import { HEADER } from './recording.ts';

const ROUNDS = 20_000;

const SESSIONS = [
  `<?xml version='1.0' encoding='utf-8'?>${HEADER}<a:b xmlns:a='urn:x' a:k='1' b="2'3"><stream:c/>t&amp;x&#65;<![CDATA[q]]]]>z</a:b> <message to='x'><body>hé €😀</body></message></stream:stream>`,
  `${HEADER}<iq type='set' id='a&lt;&quot;'><query xmlns='jabber:iq:auth'><u xmlns=''>x</u></query></iq>\n<presence/>`,
].map((session) => Buffer.from(session));

const PIECES = [
  ...['<', '>', '&', "'", '"', '/', '=', ':', ' ', '\n', '-', ']]>', '</', '/>', '<a>', '</a>', '<a/>', '\0', '\ufeff'],
  ...[
    '<![CDATA[',
    '<!--',
    '<?x ?>',
    '<!DOCTYPE a>',
    '&amp;',
    '&#x0;',
    '&x;',
    'xmlns:',
    "xmlns=''",
    'xmlns:p',
    '__proto__',
  ],
].map((piece) => Buffer.from(piece));

test(`${ROUNDS} mutated streams are read or refused, whatever the chunks, and never throw`, (t) => {
  const random = seeded(20150617);
  let refused = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const stream = mutate(SESSIONS[round % SESSIONS.length] ?? Buffer.alloc(0), random);
    const whole = run([stream]);
    const parts = run(cut(stream, random));
    refused += whole.faults;
    if (whole.log !== parts.log || whole.faults !== parts.faults || whole.faults > 1) {
      t.fail(`round ${round}: ${JSON.stringify(stream.toString('latin1'))}\n${whole.log}\n---\n${parts.log}`);
    }
  }
  t.true(refused > ROUNDS / 2 && refused < ROUNDS, `${refused} refused`);
});

test('whatever stops where, read and rest make up what was sent', (t) => {
  const random = seeded(7590);
  for (let round = 0; round < 2_000; round += 1) {
    const stream = mutate(SESSIONS[round % SESSIONS.length] ?? Buffer.alloc(0), random);
    let told = '';
    let broken = false;
    const reader = createStreamReader({
      open: (_, raw) => stop(raw),
      element: (_, raw) => stop(raw),
      close: (raw) => stop(raw),
      whitespace: (length) => stop(' '.repeat(length)),
      malformed: () => {
        broken = true;
      },
    });
    const stop = (raw: string) => {
      told += raw;
      reader.stop();
    };
    for (let rest = stream; rest.length > 0; reader.resume()) {
      rest = reader.write(rest);
      if (broken) break;
      // A header that is an empty element is told twice, as open and as close.
      if (rest.length === 0 || told.includes('/>')) continue;
      t.is(Buffer.byteLength(told) + rest.length, stream.length, `round ${round}`);
    }
  }
  t.pass();
});

test('octets that were never XML are refused at once', (t) => {
  const random = seeded(1);
  for (let round = 0; round < 2_000; round += 1) {
    const noise = Buffer.from(Array.from({ length: 1 + random(200) }, () => random(256)));
    if (/^[ \t\r\n]*(<|$)/.test(noise.toString('latin1'))) continue;
    t.is(run([noise]).faults, 1);
  }
});

function run(chunks: Buffer[]): { log: string; faults: number } {
  let log = '';
  let faults = 0;
  const reader = createStreamReader({
    open: (_, raw) => {
      log += `open ${raw}\n`;
    },
    element: (el, raw) => {
      log += `element ${raw} ${el.toString()}\n`;
    },
    close: (raw) => {
      log += `close ${raw}\n`;
    },
    malformed: () => {
      faults += 1;
    },
  });
  for (const chunk of chunks) reader.write(chunk);
  return { log, faults };
}

function mutate(stream: Buffer, random: (below: number) => number): Buffer {
  let mutated = stream;
  for (let n = random(3); n >= 0; n -= 1) {
    const at = random(mutated.length);
    const [kept, rest] = [mutated.subarray(0, at), mutated.subarray(at)];
    const piece = PIECES[random(PIECES.length)] ?? Buffer.alloc(0);
    const replaced = [
      () => [kept, rest.subarray(1 + random(6))],
      () => [kept, piece, rest],
      () => [kept, piece, rest.subarray(piece.length)],
      () => [kept, Buffer.from([random(256)]), rest.subarray(1)],
      () => [kept, rest.subarray(0, random(40)), rest],
    ][random(5)];
    mutated = Buffer.concat(replaced?.() ?? []);
    if (mutated.length === 0) return stream;
  }
  return mutated;
}

function cut(stream: Buffer, random: (below: number) => number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const length = 1 + random(12);
    chunks.push(stream.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

/** A linear congruential generator: the same rounds on every machine. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
