import test from 'ava';
import { runScenarios } from '../../../harness/index.ts';
import { writeCaFile } from '../../../harness/run/ca-file.ts';

test.serial('where no CA file can be written, one sentence says so and what to do', async (t) => {
  const { TMPDIR } = process.env;
  t.teardown(() => {
    delete process.env.TMPDIR;
    Object.assign(process.env, TMPDIR === undefined ? {} : { TMPDIR });
  });
  process.env.TMPDIR = '/dev/null';
  const run = runScenarios({ client: async () => undefined, patterns: ['control/login'] });
  const error = await t.throwsAsync(run, { name: 'BadInput' });
  t.is(
    error?.message,
    'A folder in /dev/null cannot be written: there is no such folder. Name another folder for temporary files with TMPDIR.',
  );
});

test('the same for the file itself', async (t) => {
  const error = await t.throwsAsync(writeCaFile('/dev/null/ca.pem', []), { name: 'BadInput' });
  t.regex(error?.message ?? '', /^The CA file \/dev\/null\/ca\.pem cannot be written: there is no such folder\./);
});
