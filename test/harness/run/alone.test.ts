import test from 'ava';
import { runScenario, runScenarios } from '../../../harness/index.ts';
import { spillingClient } from '../../reference-client/spills.ts';
import { bind } from '../serve/binding.ts';

const REASON = 'in its base control, without any attack';
const ids = ['certificate/expired', 'control/login', 'interop/tls-1.2-only'];

test('a run tells of what the base control showed in a result of its own', async (t) => {
  const patterns = ['certificate/expired'];
  const { results, exitStatus } = await runScenarios({ client: spillingClient(), patterns, transport: 'starttls' });
  t.deepEqual(
    results.map(({ id, verdict }) => [id, verdict]),
    [
      ['certificate/expired', 'pass'],
      ['control/login', 'fail'],
    ],
  );
  t.is(exitStatus, 1);
});

for (const id of ids) {
  test(`${id}, asked for alone, fails by it`, async (t) => {
    const result = await runScenario(id, { client: spillingClient() });
    t.like(result, { id, key: `${id}[starttls,ip]`, verdict: 'fail', reason: id === 'control/login' ? null : REASON });
    t.true(result.findings.some(({ code }) => code === 'password-in-clear'));
    t.true((result.transcript?.length ?? 0) > 5);

    const { start, end } = await bind();
    const answer = await start(1, { start: id }, spillingClient());
    t.like('result' in answer ? answer.result : answer, { id, verdict: 'fail' });
    await end();
  });
}
