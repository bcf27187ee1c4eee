/** `serve` goes on for days: what could not be had once may be there again. It changes the environment of its process. */
import test from 'ava';
import { referenceClient } from '../../reference-client/client.ts';
import { bind } from './binding.ts';

test('a client whose files had no room gets its session when there is room again', async (t) => {
  const { start, end } = await bind();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = '/nowhere/at/all';
  const refused = await start(1, { start: 'control/login', client: 'other' }, referenceClient());
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  t.regex('error' in refused ? refused.error.message : '', /nowhere/);
  const answer = await start(2, { start: 'control/login', client: 'other' }, referenceClient());
  t.is('result' in answer ? answer.result.verdict : answer, 'pass');
  await end();
});
