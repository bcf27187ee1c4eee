/** Two sessions of a server that are one attempt: the second begins where the first has led to a stanza. */
import test from 'ava';
import type { Endpoint, Exit, RunningClient } from '../../../harness/client/client.ts';
import { thenToSecond } from '../../../harness/run/second-domain.ts';
import { createTranscript, type Happening } from '../../../src/transcript.ts';

const accepted: Happening = {
  ...({ layer: 'xmpp', type: 'accepted', connection: 1, phase: 'authenticated', from: 'mallory' } as const),
  ...{ jid: 'romeo@own.im.example', domain: 'first.im.example' },
};
const endpoint = { domain: 'second.im.example', jid: 'juliet@second.im.example' } as Endpoint;

function session() {
  let end: (exit: Exit) => void = () => undefined;
  const ended = new Promise<Exit>((resolve) => {
    end = resolve;
  });
  const released: string[] = [];
  const client: RunningClient = {
    ended,
    terminate: async () => void released.push('terminate'),
    release: async () => void released.push('release'),
    stderrTail: () => '',
  };
  return { client, released, end: (code: number | null, signal: string | null = null) => end({ code, signal }) };
}

function both() {
  const transcript = createTranscript();
  const [first, second] = [session(), session()];
  const told: Endpoint[] = [];
  const client = thenToSecond(first.client, {
    transcript,
    endpoint,
    start(at, record) {
      told.push(at);
      record({ layer: 'process', type: 'started' });
      return second.client;
    },
  });
  return { transcript, first, second, told, client };
}

test('the second domain is told once, after the first stanza, and the transcript says so', (t) => {
  const { transcript, told } = both();
  t.deepEqual(told, []);
  transcript.record(accepted);
  transcript.record({ ...accepted, domain: endpoint.domain });
  t.deepEqual(told, [endpoint]);
  t.deepEqual(
    transcript.observations.map(({ type }) => type),
    ['accepted', 'told', 'accepted'],
  );
});

test('a first stanza that was given back ends it', async (t) => {
  const { first, client } = both();
  first.end(1);
  t.deepEqual(await client.ended, { code: 1, signal: null });
});

test('once the second domain was told, its end is the end', async (t) => {
  const { transcript, first, second, client } = both();
  transcript.record(accepted);
  first.end(0);
  second.end(77);
  t.deepEqual(await client.ended, { code: 77, signal: null });
});

test('a server that crashed has crashed, whichever session says so', async (t) => {
  const { transcript, first, client } = both();
  transcript.record(accepted);
  first.end(null, 'SIGSEGV');
  t.deepEqual(await client.ended, { code: null, signal: 'SIGSEGV' });
});

test('both are reset, and nobody is told any more', async (t) => {
  const { transcript, first, second, told, client } = both();
  transcript.record(accepted);
  await client.terminate();
  await client.release?.();
  t.deepEqual(
    [first.released, second.released],
    [
      ['terminate', 'release'],
      ['terminate', 'release'],
    ],
  );

  const alone = both();
  await alone.client.release?.();
  alone.transcript.record(accepted);
  t.deepEqual([alone.first.released, alone.second.released, alone.told], [['release'], [], []]);
  t.is(told.length, 1);
});
