/** A person, played by a script: reads what is to be typed, types it into a client, and presses Enter. */
import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import test from 'ava';
import type { Connect, Endpoint } from '../../../harness/client/client.ts';
import { LOOPBACK } from '../../../harness/manual/listen.ts';
import { type ManualOptions, manual } from '../../../harness/manual/manual.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import { referenceClient } from '../../reference-client/client.ts';

const catalogue = await loadScenarios();

interface Person extends Partial<ManualOptions> {
  id: string;
  /** What the person starts in each step; null: nothing. */
  program: Connect | null;
  /** When Enter is pressed, besides for the CA: at these words, or never (null). Default: when the program has ended. */
  entersAt?: string | null;
}

async function play({ program, entersAt, ...options }: Person) {
  const input = new PassThrough();
  const told: string[] = [];
  const steps: string[] = [];
  const enter = () => void (entersAt === undefined && input.write('\n'));
  const tell = (text: string) => {
    told.push(text);
    if (text.startsWith('Enter when') || text.trim() === entersAt) return void input.write('\n');
    if (!/^\nStep \d/.test(text)) return;
    steps.push(text);
    if (program === null) return enter();
    // Not before whoever told it goes on.
    setImmediate(() => void Promise.resolve(program(typed(text), new AbortController().signal)).then(enter, enter));
  };
  const report = await manual({
    ...{ catalogue, listen: LOOPBACK, timeoutMs: 60_000, label: 'a program', input, tell },
    ...options,
  });
  return { result: report.results.find(({ id }) => id === options.id), report, steps, told: told.join('\n') };
}

function typed(step: string): Endpoint {
  const row = (name: string) => new RegExp(`^  ${name} +(\\S+)`, 'm').exec(step)?.[1] ?? '';
  const jid = row('JID');
  return {
    ...{ host: row('server'), port: Number(row('port')), jid, password: row('password'), caFile: row('CA') },
    ...{ domain: jid.split('@')[1] ?? '', tls: row('TLS').startsWith('direct') ? 'direct' : 'starttls', via: 'ip' },
    ...{ session: step.includes('Leave it running') ? 'stay' : 'once', stateDir: tmpdir() },
    ...{ certFile: null, keyFile: null },
  };
}

const ID = 'stripping/starttls-removed-scram';

test('a correct program passes, behind a good login', async (t) => {
  const { result, steps, told } = await play({ id: ID, program: referenceClient() });
  t.is(result?.verdict, 'pass', result?.reason ?? '');
  t.regex(steps[0] ?? '', /Step 1: a good login/);
  t.regex(steps.at(-1) ?? '', /the attack/);
  t.regex(told, /The program is online\.[\s\S]*Mallory has tampered\./);
  t.is(new Set(steps.map((step) => typed(step).jid)).size, steps.length, 'an account of its own in each step');
  t.is(new Set(steps.map((step) => typed(step).port)).size, steps.length, 'a port of its own in each step');
});

test('a program that goes on in clear fails, and is told how to see it again', async (t) => {
  const { result, report } = await play({ id: ID, program: referenceClient({ faults: ['continues-in-clear'] }) });
  t.is(result?.verdict, 'fail');
  t.is(report.exitStatus, 1);
  t.is(result?.rerun, `xmpp-mallory manual ${ID} --tls starttls`);
});

for (const [faults, verdict] of [[[], 'pass'] as const, [['skips-name'], 'fail'] as const]) {
  test(`direct TLS at another address: ${faults.join() || 'the correct program'}`, async (t) => {
    const listen = { ...LOOPBACK, address: '127.0.0.2', text: '127.0.0.2' };
    const program = referenceClient({ faults });
    const played = await play({ id: 'certificate/wrong-name', program, listen, transport: 'direct' });
    t.is(played.result?.verdict, verdict, played.result?.reason ?? '');
    t.is(typed(played.steps[0] ?? '').host, '127.0.0.2');
    t.regex(played.result?.rerun ?? '', /--tls direct --listen 127\.0\.0\.2$/);
  });
}

test('a program that verifies the address that it was sent to is told from one that verifies nothing', async (t) => {
  const listen = { ...LOOPBACK, address: '127.0.0.2', text: '127.0.0.2' };
  const correct = referenceClient({ faults: ['name-is-dialled'] });
  const program: Connect = (endpoint, signal) => correct({ ...endpoint, domain: endpoint.host }, signal);
  const { report } = await play({ id: 'certificate/wrong-name', program, listen, transport: 'direct' });
  t.regex(report.notes.join('\n'), /verifies the address that it dialled \(127\.0\.0\.2\)/);
});

test('Enter does not cut short what is going on', async (t) => {
  const program = referenceClient({ faults: ['continues-in-clear'] });
  const { result } = await play({ id: ID, program, entersAt: 'Connection 1.' });
  t.is(result?.verdict, 'fail', result?.reason ?? '');
});

test('nothing is judged where nobody logs in, be it by Enter or by the limit', async (t) => {
  const byEnter = await play({ id: ID, program: null });
  t.is(byEnter.result?.verdict, 'inconclusive');
  t.regex(byEnter.result?.reason ?? '', /never connected.*ended by hand/);
  const byLimit = await play({ id: ID, program: null, entersAt: null, timeoutMs: 200 });
  t.is(byLimit.result?.verdict, 'inconclusive');
  t.regex(byLimit.told, /The time of this step is up\./);
});

test('no step waits for an Enter that cannot come', async (t) => {
  const input = new PassThrough();
  input.end();
  const report = await manual({
    ...{ catalogue, id: 'control/login', listen: LOOPBACK, timeoutMs: 200, label: 'x', input },
    tell: () => undefined,
  });
  t.is(report.exitStatus, 2);
});

test('whoever can be reached from elsewhere is told so, and every person that the CA must not stay', async (t) => {
  const quiet = { program: null, timeoutMs: 200 };
  const { told } = await play({ id: 'control/login', ...quiet });
  t.notRegex(told, /Warning/);
  t.regex(told, /Take it out again/);
});
