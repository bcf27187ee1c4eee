/** TLS 1.3 early data (RFC 8446, section 4.2.10): what a client sends behind its ClientHello without waiting for an answer. */
import type { Socket } from 'node:net';

/** Only clients that say that they send some are waited for. Milliseconds. */
const WAIT = 250;
/** Octets. */
const MOST = 65_536;
const HEADER = 5;
const APPLICATION_DATA = 23;

/** Calls back once some has come whole, or after 250 ms. `octets`: all that was read, for TLS; `length`: of early data. */
export function earlyData(
  socket: Socket,
  first: Buffer,
  done: (data: { octets: Buffer; length: number }) => void,
): void {
  let octets = first;
  const receive = (chunk: Buffer) => {
    octets = Buffer.concat([octets, chunk]);
    if (lengthOf(octets) > 0 || octets.length > MOST) finish();
  };
  const finish = () => {
    clearTimeout(timer);
    socket.off('data', receive).off('end', finish).off('close', finish);
    socket.pause();
    done({ octets, length: lengthOf(octets) });
  };
  const timer = setTimeout(finish, WAIT);
  if (lengthOf(octets) > 0) return finish();
  socket.on('data', receive).on('end', finish).on('close', finish);
  socket.resume();
}

/** Of the application data in whole records. */
function lengthOf(octets: Buffer): number {
  let length = 0;
  for (let at = 0; at + HEADER <= octets.length; ) {
    const end = at + HEADER + octets.readUInt16BE(at + 3);
    if (octets[at] === APPLICATION_DATA && end <= octets.length) length += end - at - HEADER;
    at = end;
  }
  return length;
}
