// A client for `memory` that gives the harness more than it can take, for as long as it may: node flood.mjs KIND
import { connect } from 'node:net';

const [kind = ''] = process.argv.slice(2);
const { XMPP_HOST: host, XMPP_PORT: port, XMPP_DOMAIN: domain } = process.env;
const HEADER = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' version='1.0'>`;
const LIFE_MS = 4_000;

/** Opens a stream and then says the same thing over and over; dials again when it is hung up on. */
function flood(words, repeated) {
  const chunk = repeated.repeat(Math.ceil(65_536 / repeated.length));
  const socket = connect({ host, port });
  const pour = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on('connect', () => {
    socket.write(HEADER + words);
    pour();
  });
  socket.on('drain', pour);
  socket.on('error', () => undefined);
  socket.on('close', () => setTimeout(flood, 50, words, repeated));
  socket.resume();
}

const kinds = {
  'one element without end': () => flood('<message><body>', 'x'),
  'elements without end': () => flood('', "<message to='a@b.test'><body>y</body></message>"),
  'output without end': () => {
    flood('', ' ');
    const pour = () => {
      while (process.stdout.write('not a claim, but loud\n'.repeat(3_000)));
    };
    process.stdout.on('drain', pour);
    pour();
  },
  'hundreds of connections': () => {
    for (let count = 0; count < 500; count += 1) flood('<message><body>', 'x');
  },
};

kinds[kind]();
setTimeout(() => process.exit(1), LIFE_MS);
