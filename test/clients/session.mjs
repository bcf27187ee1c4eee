// The least of an XMPP client that a TLS library can be tried with: PLAIN and bind over a pair of streams.
import { createRequire } from 'node:module';

const SaxParser = createRequire(import.meta.url)('ltx/lib/parsers/ltx.js');

const { XMPP_DOMAIN: domain = '', XMPP_JID: jid = '', XMPP_PASSWORD: password = '' } = process.env;
const HEADER = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='${domain}'>\n`;
const PLAIN = Buffer.from(`\0${jid.split('@')[0]}\0${password}`).toString('base64');
const AUTH = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${PLAIN}</auth>\n`;
const BIND = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>\n";

/** Asks for TLS on a stream in clear; settles once the handshake is to begin. */
export async function startTls(socket) {
  const next = reader(socket);
  socket.write(HEADER);
  if (!(await next()).inside.includes('starttls')) throw new Error('no starttls');
  socket.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  if ((await next()).name !== 'proceed') throw new Error('no proceed');
  next.stop();
}

/** Logs in; settles once a resource is bound. What is written ends with a newline, for tools that read lines. */
export async function logIn(input, output) {
  let next = reader(input);
  output.write(HEADER);
  if ((await next()).name !== 'features') throw new Error('no features');
  output.write(AUTH);
  if ((await next()).name !== 'success') throw new Error('refused by SASL');
  next.stop();
  next = reader(input);
  output.write(HEADER);
  if ((await next()).name !== 'features') throw new Error('no features');
  output.write(BIND);
  const { name, type } = await next();
  if (name !== 'iq' || type !== 'result') throw new Error('not bound');
  next.stop();
  output.write('</stream:stream>\n');
}

/** The first-level elements of one stream, one at a time. */
function reader(input) {
  let text = '';
  let taken = 0;
  let ended = false;
  let wake = () => undefined;
  const onData = (chunk) => {
    text += chunk.toString('latin1');
    wake();
  };
  const onEnd = () => {
    ended = true;
    wake();
  };
  input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd).resume();
  const next = async () => {
    for (;;) {
      const element = wholeElements(text)[taken];
      if (element) {
        taken += 1;
        return element;
      }
      if (ended) throw new Error('the stream ended');
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  };
  next.stop = () => {
    // Without a reader a socket would go on flowing into nothing.
    input.pause();
    input.off('data', onData).off('end', onEnd).off('close', onEnd);
  };
  return next;
}

/** From the start each time: ltx loses its place where a prolog comes in pieces. */
function wholeElements(text) {
  const local = (name) => name.split(':').at(-1);
  const elements = [];
  let depth = 0;
  const parser = new SaxParser();
  parser.on('startElement', (name, { type }) => {
    depth += 1;
    if (depth === 2) elements.push({ name: local(name), type, inside: [], whole: false });
    else if (depth > 2) elements.at(-1)?.inside.push(local(name));
  });
  parser.on('endElement', () => {
    depth -= 1;
    const last = elements.at(-1);
    if (depth === 1 && last) last.whole = true;
  });
  parser.write(text);
  return elements.filter(({ whole }) => whole);
}
