/** How often a client was answered inside a TLS session that nobody between can read. */

/** RFC 8446, section 5.1: the content type of application data, and of whatever TLS 1.3 encrypts. */
const APPLICATION_DATA = 23;
const RECORD_HEADER = 5;

export interface Exchanges {
  fromClient(chunk: Buffer): void;
  fromServer(chunk: Buffer): void;
  /** Times that records of the client were followed by records of the server, the handshake not counted. */
  count(): number;
}

/** Both sides from their first record on. */
export function countExchanges(): Exchanges {
  const client = recordTypes();
  const server = recordTypes();
  let asked = false;
  let finished: 'unknown' | 'to-come' | 'no-record' = 'unknown';
  let count = 0;

  return {
    fromClient(chunk) {
      for (const type of client(chunk)) {
        if (type !== APPLICATION_DATA) continue;
        // In TLS 1.3 the server's flight is encrypted and comes first; then the client's Finished looks like data.
        if (finished === 'to-come') finished = 'no-record';
        else asked = true;
      }
    },
    fromServer(chunk) {
      for (const type of server(chunk)) {
        if (type !== APPLICATION_DATA) continue;
        if (finished === 'unknown') finished = asked ? 'no-record' : 'to-come';
        if (asked) count += 1;
        asked = false;
      }
    },
    count: () => count,
  };
}

/** The content types of the records that begin in each chunk. */
function recordTypes(): (chunk: Buffer) => number[] {
  const header = Buffer.alloc(RECORD_HEADER);
  let known = 0;
  let left = 0;
  return (chunk) => {
    const types: number[] = [];
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const step = Math.min(left, chunk.length - at);
        left -= step;
        at += step;
        continue;
      }
      header[known] = chunk[at] ?? 0;
      known += 1;
      at += 1;
      if (known < RECORD_HEADER) continue;
      known = 0;
      left = header.readUInt16BE(3);
      types.push(header[0] ?? 0);
    }
    return types;
  };
}
