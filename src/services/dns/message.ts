/** DNS messages, read with suspicion: whatever comes, the answer is a message, or nothing. */
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  CHECKING_DISABLED,
  type DecodedPacket,
  DNSSEC_OK,
  decode,
  encode,
  type Packet,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import type { Question, Reply } from './lookup.ts';
import { answerOf } from './records.ts';

/** A query that can be answered. */
export interface Query {
  kind: 'query';
  question: Question;
  /** Octets that the client takes over UDP. */
  udpSize: number;
  /** What every answer repeats: the id, some flags, the question as it came, and whether there was EDNS. */
  packet: Packet;
  edns: boolean;
  /** The client wants signatures (RFC 3225). */
  dnssec: boolean;
}

/** The records of a reply, by where they stand in it. */
export interface Sections {
  code: Reply['code'];
  answers: Answer[];
  authorities: Answer[];
}

export type Read =
  | Query
  /** Answered with an error, for a reason. */
  | { kind: 'error'; reply: Buffer; reason: string }
  /** Not answered: it is none, or an answer itself, and two that answer answers never end. */
  | { kind: 'ignored'; reason: string };

/** Octets that fit in UDP without EDNS (RFC 1035, section 4.2.1), and that are sent at most. */
const LEAST_UDP = 512;
const MOST_UDP = 4_096;
/** Octets of a query: names have 255, and options are few. */
const MOST_QUERY = 4_096;
const MOST_ADDITIONALS = 4;

const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const RECURSION_DESIRED = 1 << 8;
const RESPONSE = 1 << 15;

export function readQuery(message: Buffer): Read {
  if (message.length < 12) return { kind: 'ignored', reason: 'it is shorter than a header' };
  const flags = message.readUInt16BE(2);
  if ((flags & RESPONSE) !== 0) return { kind: 'ignored', reason: 'it is an answer' };
  const error = (code: keyof typeof CODES, reason: string): Read => ({
    kind: 'error',
    reply: encode({ type: 'response', id: message.readUInt16BE(0), flags: (flags & RECURSION_DESIRED) | CODES[code] }),
    reason,
  });
  if (((flags >> 11) & 0xf) !== 0) return error('NOTIMP', 'its operation is not QUERY');
  // RFC 9619, section 4. Counted before anything is unpacked.
  const [questions = 0, answers = 0, authorities = 0, additionals = 0] = [4, 6, 8, 10].map((at) =>
    message.readUInt16BE(at),
  );
  if (questions !== 1) return error('FORMERR', `it has ${questions} questions`);
  if (answers + authorities > 0 || additionals > MOST_ADDITIONALS || message.length > MOST_QUERY)
    return error('FORMERR', 'it holds more than a question');
  const packet = unpacked(message);
  const [question] = packet?.questions ?? [];
  if (!packet || !question) return error('FORMERR', 'it cannot be read');
  // What would not come out again as it came in has octets in its name that no client means.
  const asked = encode({ questions: [{ ...question }] }).subarray(12);
  if (!asked.equals(message.subarray(12, 12 + asked.length)))
    return error('FORMERR', 'its question is not a usual one');
  const class_ = question.class ?? 'IN';
  if (class_ !== 'IN' && class_ !== 'ANY') return error('REFUSED', `its class is ${class_}`);
  if (/^[AI]XFR$/.test(question.type)) return error('REFUSED', 'it asks for a whole zone');
  const opt = packet.additionals?.find((record) => record.type === 'OPT');
  if (opt?.type === 'OPT' && opt.ednsVersion > 0)
    return {
      kind: 'error',
      reply: encode(badVersion(packet.id, question)),
      reason: `its EDNS has version ${opt.ednsVersion}`,
    };
  const udpSize = opt?.type === 'OPT' ? opt.udpPayloadSize : LEAST_UDP;
  // RFC 4035, section 3.1.6: whoever checks by itself is told so again.
  const repeated = flags & (RECURSION_DESIRED | CHECKING_DISABLED);
  return {
    kind: 'query',
    question: { name: question.name, type: question.type },
    udpSize: Math.min(MOST_UDP, Math.max(LEAST_UDP, udpSize)),
    packet: { type: 'response', id: packet.id, flags: repeated, questions: [question] },
    edns: opt !== undefined,
    dnssec: opt?.type === 'OPT' && opt.flag_do,
  };
}

/**
 * The answer of whoever is responsible for `zone`; null: nobody is. A client is never told that recursion is available.
 *
 * @param limit octets; what is longer is cut down to the question, and marked as truncated (RFC 2181, section 9)
 * @param prove adds what proves the answer; default: nothing
 */
export function writeReply(
  query: Query,
  { code, records }: Reply,
  zone: string | null,
  limit: number,
  prove: (unproved: Sections) => Sections = (unproved) => unproved,
) {
  const none = records.every(({ type }) => type === 'CNAME') && query.question.type !== 'CNAME';
  const negative = zone !== null && none && (code === 'NXDOMAIN' || code === 'NOERROR');
  const proved = prove({
    code,
    answers: records.map(answerOf),
    // RFC 2308, section 3: without it nobody may remember that there is nothing; its last number says for how long.
    authorities: negative ? [startOfAuthority(zone)] : [],
  });
  const flags = (query.packet.flags ?? 0) | CODES[proved.code] | (zone === null ? 0 : AUTHORITATIVE_ANSWER);
  const { answers, authorities } = proved;
  const whole = encode({ ...query.packet, flags, answers, authorities, additionals: additionals(query) });
  if (whole.length <= limit) return { message: whole, truncated: false };
  const cut = encode({ ...query.packet, flags: flags | TRUNCATED_RESPONSE, additionals: additionals(query) });
  return { message: cut, truncated: true };
}

function unpacked(message: Buffer): DecodedPacket | null {
  try {
    return decode(message);
  } catch {
    return null;
  }
}

/** RFC 6891, section 6.1.1: who asks with EDNS is answered with it. */
const additionals = ({ edns, dnssec }: Query): Answer[] => (edns ? [optWith(0, dnssec)] : []);

/** RFC 3225, section 3: DO is repeated. */
function optWith(extendedRcode: number, dnssec = false): Answer {
  const rest = { ednsVersion: 0, flags: dnssec ? DNSSEC_OK : 0, flag_do: dnssec, options: [] };
  return { type: 'OPT', name: '.', udpPayloadSize: MOST_UDP, extendedRcode, ...rest };
}

/** RFC 6891, section 6.1.3: BADVERS is 16, of which OPT has the upper bits. */
const badVersion = (id: number | undefined, question: NonNullable<Packet['questions']>[number]): Packet => ({
  ...{ type: 'response', id, questions: [question], additionals: [optWith(1)] },
});

function startOfAuthority(zone: string): Answer {
  const times = { serial: 1, refresh: 0, retry: 0, expire: 0, minimum: 0 };
  const data = { mname: zone, rname: zone === '.' ? 'hostmaster' : `hostmaster.${zone}`, ...times };
  return { type: 'SOA', name: zone, ttl: 0, data };
}
