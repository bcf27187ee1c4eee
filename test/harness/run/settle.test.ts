import test from 'ava';
import type { Exit, RunningClient } from '../../../harness/client/client.ts';
import { settled } from '../../../harness/run/settle.ts';
import { createTranscript, type Happening } from '../../../src/transcript.ts';
import { on } from '../judge/transcripts.ts';

/** An interceptor and a client that do what a test tells them. */
function stage(options: { timeoutMs?: number; reconnectMs?: number } = {}) {
  const transcript = createTranscript();
  let open = 0;
  let idle = (): void => undefined;
  let hungUp = 0;
  let exit: (how: Exit) => void = () => undefined;
  const client: RunningClient = {
    ended: new Promise((resolve) => {
      exit = resolve;
    }),
    terminate: async () => undefined,
    stderrTail: () => '',
  };
  const outcome = settled({
    transcript,
    interceptor: {
      credential: () => Promise.reject(new Error('nothing is presented here')),
      answering: (_, honest) => honest,
      port: () => 0,
      nextConnection: () => 1,
      open: () => open,
      onIdle: (listener) => {
        idle = listener;
      },
      drain: async () => undefined,
      hangUp: () => {
        hungUp += 1;
      },
      retire: () => async () => undefined,
      close: async () => undefined,
      waitedMs: () => 0,
    },
    client,
    timeoutMs: options.timeoutMs ?? 5_000,
    reconnectMs: options.reconnectMs ?? 0,
    broken: (o) => o.layer === 'xmpp' && o.type === 'element' && o.credential === 'sasl',
    fulfilled: (o) => (o.layer === 'xmpp' && o.type === 'bound' ? 0 : null),
    quiet: () => undefined,
  });
  return {
    outcome,
    transcript,
    exit: (code: number) => exit({ code, signal: null }),
    see: (happening: Happening) => transcript.record(happening),
    connect(connection = 1) {
      open += 1;
      transcript.record(on(connection).connected());
    },
    disconnect() {
      open -= 1;
      if (open === 0) idle();
    },
    hungUp: () => hungUp,
    limits: () => transcript.observations.flatMap((o) => (o.layer === 'run' && o.type === 'limit' ? [o.limit] : [])),
  };
}

test('a client that ends, ends it', async (t) => {
  const s = stage();
  s.connect();
  s.exit(0);
  t.deepEqual(await s.outcome, { ours: false });
});

test('one that never connects has until the limit', async (t) => {
  const s = stage({ timeoutMs: 50 });
  t.deepEqual(await s.outcome, { ours: true });
  t.deepEqual(s.limits(), ['no-connection']);
});

test('the limit starts anew with the first connection', async (t) => {
  const s = stage({ timeoutMs: 300 });
  await new Promise((resolve) => setTimeout(resolve, 150));
  s.connect();
  await s.outcome;
  const limit = s.transcript.observations.find((o) => o.layer === 'run');
  t.true((limit?.t ?? 0) >= 440);
});

test('one that lives without a connection is ended after 2 s', async (t) => {
  const s = stage();
  s.connect();
  s.disconnect();
  await s.outcome;
  t.deepEqual(s.limits(), ['idle']);
  t.true(s.transcript.now() >= 1_990);
});

test('or after twice its reconnect delay', async (t) => {
  const s = stage({ reconnectMs: 1_200 });
  s.connect();
  s.disconnect();
  await s.outcome;
  t.true(s.transcript.now() >= 2_390);
});

test('coming back ends that wait', async (t) => {
  const s = stage();
  s.connect(1);
  s.disconnect();
  s.connect(2);
  s.exit(1);
  t.deepEqual(await s.outcome, { ours: false });
  t.deepEqual(s.limits(), []);
});

test('one that is connected at the limit is hung up on, and has once more the idle wait', async (t) => {
  const s = stage({ timeoutMs: 50 });
  s.connect();
  t.deepEqual(await s.outcome, { ours: true });
  t.is(s.hungUp(), 1);
  t.deepEqual(s.limits(), ['connected']);
  t.true(s.transcript.now() >= 2_040);
});

test('one that ends when it is hung up on, ends it', async (t) => {
  const s = stage({ timeoutMs: 50 });
  s.connect();
  s.transcript.subscribe((o) => {
    if (o.layer === 'run') s.exit(1);
  });
  t.deepEqual(await s.outcome, { ours: false });
});

test('after a finding it runs on for 1 s at most', async (t) => {
  const s = stage();
  s.connect();
  s.see(on(1).auth('clear', 'PLAIN'));
  await s.outcome;
  t.deepEqual(s.limits(), ['finding']);
  t.true(s.transcript.now() < 1_900);
});

test('a session that stays is over when it has nothing left to show', async (t) => {
  const s = stage();
  s.connect();
  s.see(on(1).bound());
  t.deepEqual(await s.outcome, { ours: true });
  t.true(s.transcript.observations.some((o) => o.layer === 'run' && o.type === 'fulfilled'));
});
