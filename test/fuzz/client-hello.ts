/** The ClientHello parser, and what reads its result, against octets that no client would send. */
import { randomFrom } from '../../src/interceptor/random.ts';
import { readClientHello } from '../../src/tls/client-hello.ts';
import { helloKind } from '../../src/tls/hello-kind.ts';
import { ja4 } from '../../src/tls/ja4.ts';
import { captureHello, domain } from '../src/tls/loopback.ts';

export interface FuzzResult {
  /** How often each answer was given, such as `hello` and `not-tls malformed`. */
  answers: Record<string, number>;
  /** What must not be: something was thrown, or the answer makes no sense; with the octets. */
  problems: string[];
  /** Milliseconds that the slowest input took. */
  slowest: number;
}

/** Real hellos to begin with: today's, with ALPN and a ticket to come, and one of before TLS 1.3. */
export const seeds = (): Promise<Buffer[]> =>
  Promise.all([
    captureHello({ servername: domain, ALPNProtocols: ['xmpp-client', 'h2'] }),
    captureHello({ servername: domain, minVersion: 'TLSv1.3', sigalgs: 'ECDSA+SHA256:RSA-PSS+SHA256' }),
    captureHello({ minVersion: 'TLSv1', maxVersion: 'TLSv1.2', ciphers: 'ALL:eNULL:@SECLEVEL=0' }),
  ]);

/** The same seed gives the same inputs for the same hellos. Stops at the tenth problem. */
export function fuzzClientHello(hellos: Buffer[], count: number, seed: string): FuzzResult {
  const random = randomFrom(seed);
  const result: FuzzResult = { answers: {}, problems: [], slowest: 0 };
  for (let round = 0; round < count && result.problems.length < 10; round += 1) {
    const input = inputFor(round, hellos, random);
    const before = performance.now();
    try {
      const answer = answerTo(input);
      result.answers[answer] = (result.answers[answer] ?? 0) + 1;
    } catch (error) {
      result.problems.push(`${error instanceof Error ? error.message : error}: ${input.toString('hex')}`);
    }
    result.slowest = Math.max(result.slowest, performance.now() - before);
  }
  return result;
}

/** @throws where it makes no sense. */
function answerTo(input: Buffer): string {
  const read = readClientHello(input);
  if (read.type === 'not-tls') return `not-tls ${read.why}`;
  if (read.type !== 'hello') return read.type;
  const { hello, length } = read;
  if (length > input.length) throw new Error('it ends beyond its octets');
  if (JSON.stringify(hello).length > 20 * input.length + 1_000) throw new Error('it holds more than what came');
  if (!/^t[0-9s][0-9][di]\d{4}[0-9A-Za-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/.test(ja4(hello))) throw new Error(ja4(hello));
  helloKind(hello);
  // What is whole stays the same, whatever follows it.
  const again = readClientHello(Buffer.concat([input.subarray(0, length), Buffer.of(0xff)]));
  if (JSON.stringify(again) !== JSON.stringify(read)) throw new Error('more octets change it');
  return 'hello';
}

type Random = () => number;

const below = (limit: number, random: Random) => Math.floor(random() * limit);

/** One in eight is random from its first octet on, or from behind the header; the rest are changed hellos. */
function inputFor(round: number, hellos: Buffer[], random: Random): Buffer {
  const hello = hellos[round % hellos.length] ?? Buffer.alloc(0);
  if (round % 8 === 0) return noise(below(300, random), random);
  if (round % 8 === 1) return Buffer.concat([hello.subarray(0, below(60, random)), noise(below(300, random), random)]);
  let input = hello;
  for (let times = 1 + below(4, random); times > 0; times -= 1) {
    input = (MUTATIONS[below(MUTATIONS.length, random)] ?? flip)(input, random, hellos);
  }
  return input;
}

function noise(length: number, random: Random): Buffer {
  const octets = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) octets[at] = below(256, random);
  return octets;
}

type Mutation = (input: Buffer, random: Random, hellos: Buffer[]) => Buffer;

const flip: Mutation = (input, random) => {
  const changed = Buffer.from(input);
  const at = below(input.length, random);
  if (at < input.length) changed[at] = (changed[at] ?? 0) ^ (1 << below(8, random));
  return changed;
};

/** Values at which lengths go wrong. */
const EDGES = [0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff];

const edge: Mutation = (input, random) => {
  const changed = Buffer.from(input);
  const at = below(input.length, random);
  changed.subarray(at, at + 1 + below(3, random)).fill(EDGES[below(EDGES.length, random)] ?? 0);
  return changed;
};

const cut: Mutation = (input, random) => input.subarray(0, below(input.length + 1, random));

const leaveOut: Mutation = (input, random) => {
  const at = below(input.length, random);
  return Buffer.concat([input.subarray(0, at), input.subarray(at + 1 + below(8, random))]);
};

const insert: Mutation = (input, random) => {
  const at = below(input.length + 1, random);
  return Buffer.concat([input.subarray(0, at), noise(1 + below(8, random), random), input.subarray(at)]);
};

const repeat: Mutation = (input, random) => {
  const at = below(input.length, random);
  const piece = input.subarray(at, at + 1 + below(64, random));
  return Buffer.concat([input.subarray(0, at), piece, input.subarray(at)]);
};

const splice: Mutation = (input, random, hellos) => {
  const other = hellos[below(hellos.length, random)] ?? input;
  return Buffer.concat([input.subarray(0, below(input.length, random)), other.subarray(below(other.length, random))]);
};

/** The same octets behind record headers of their own. */
const fragment: Mutation = (input, random) => {
  const size = 1 + below(40, random);
  const records: Buffer[] = [];
  for (let at = 5; at < input.length; at += size) {
    const piece = input.subarray(at, at + size);
    records.push(Buffer.of(22, 3, below(5, random), 0, piece.length), piece);
  }
  return Buffer.concat(records);
};

/** Record and message get the length that they now have, so that the change is looked at behind them. */
const mendLengths: Mutation = (input) => {
  if (input.length < 9) return input;
  const changed = Buffer.from(input);
  changed.writeUInt16BE((input.length - 5) & 0xffff, 3);
  changed.writeUIntBE(input.length - 9, 6, 3);
  return changed;
};

const MUTATIONS = [flip, flip, edge, edge, cut, leaveOut, insert, repeat, splice, fragment, mendLengths, mendLengths];
