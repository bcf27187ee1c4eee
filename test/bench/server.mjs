// The harness' side of `login` and `relay`, compiled, in a process of its own: what is measured is what is shipped.
// Plain JavaScript, for a loader of TypeScript in this process would be measured as well.
import { relayed } from '../../dist/src/entity/relayed.js';
import { createAuthority, createTranscript, simulated, startInterceptor } from '../../dist/src/index.js';

/** `upstream`: the real server to relay to; null for the simulated one. */
const { account, perPort, upstream } = JSON.parse(process.argv[2]);
const authority = await createAuthority();
const offers = {
  mechanisms: { clear: [], tls: ['SCRAM-SHA-1'] },
  sasl2: { clear: [], tls: [] },
  iqAuth: { clear: false, tls: false },
};
const entity = upstream ? relayed({ ...offers, upstream, account }) : simulated({ ...offers, account });
let open = [];

/** Listeners for the next load, each with a transcript of its own as a scenario has; the last load's are closed. */
async function listeners(sessions) {
  await Promise.all(open.map((one) => one.close()));
  const options = { authority, domain: account.domain, jid: `${account.localpart}@${account.domain}`, entity };
  const canaries = new Map([['password', account.password]]);
  open = await Promise.all(
    Array.from({ length: Math.ceil(sessions / perPort) }, () =>
      startInterceptor({ ...options, canaries, transport: 'starttls', transcript: createTranscript() }),
    ),
  );
  return open.map((one) => one.port());
}

process.on('message', async ({ sessions }) => process.send({ ports: await listeners(sessions) }));
process.on('disconnect', () => process.exit());
process.send({ ca: authority.caPem });
