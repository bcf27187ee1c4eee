/** The presentation language of TLS (RFC 8446, section 3): numbers in network order, and vectors behind their length. */

export type Width = 1 | 2 | 3;

/** @throws RangeError if the number does not fit. */
export function uint(width: Width, value: number): Buffer {
  const octets = Buffer.alloc(width);
  octets.writeUIntBE(value, 0, width);
  return octets;
}

/** A vector: its parts behind their length in octets, which has `width` octets itself. */
export function vector(width: Width, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([uint(width, content.length), content]);
}

/** Code points of two octets, one after the other. */
export const uint16s = (values: readonly number[]): Buffer => Buffer.concat(values.map((value) => uint(2, value)));

export interface OctetReader {
  octets(length: number): Buffer;
  number(width: Width): number;
  vector(width: Width): Buffer;
  /** A vector of code points. */
  numbers(width: Width, each: 1 | 2): number[];
  atEnd(): boolean;
  /** Something was asked for that is not there. */
  failed(): boolean;
}

/** Takes from the front. Past the end everything is empty or 0, and `failed` stays true. Never throws. */
export function readOctets(source: Buffer): OctetReader {
  let at = 0;
  let failed = false;
  const octets = (length: number): Buffer => {
    if (at + length > source.length) {
      failed = true;
      at = source.length;
      return Buffer.alloc(0);
    }
    at += length;
    return source.subarray(at - length, at);
  };
  const number = (width: Width): number => {
    const taken = octets(width);
    return taken.length === width ? taken.readUIntBE(0, width) : 0;
  };
  const one = (width: Width) => octets(number(width));
  return {
    octets,
    number,
    vector: one,
    numbers(width, each) {
      const list = one(width);
      const count = Math.floor(list.length / each);
      return Array.from({ length: count }, (_, index) => list.readUIntBE(index * each, each));
    },
    atEnd: () => at === source.length,
    failed: () => failed,
  };
}
