import test from 'ava';
import { shared } from '../../../harness/run/shared.ts';

/** Makes what the list holds, one after the other; an error is thrown. */
function maker(...outcomes: (string | Error)[]) {
  const known = new Map<string, Promise<string>>();
  let made = 0;
  const make = async () => {
    const outcome = outcomes[made] ?? new Error('made once too often');
    made += 1;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { ask: () => shared(known, 'control', make), made: () => made };
}

const aborted = Object.assign(new Error('cancelled'), { name: 'AbortError' });

test('it is made once', async (t) => {
  const { ask, made } = maker('one');
  t.deepEqual(await Promise.all([ask(), ask()]), ['one', 'one']);
  t.is(await ask(), 'one');
  t.is(made(), 1);
});

test('the first is cancelled: the others get one of their own', async (t) => {
  const { ask, made } = maker(aborted, 'one');
  const [first, ...others] = await Promise.allSettled([ask(), ask(), ask()]);
  t.is(first?.status, 'rejected');
  t.deepEqual(
    others.map((one) => one.status === 'fulfilled' && one.value),
    ['one', 'one'],
  );
  t.is(made(), 2);
});

test('what goes wrong is told to all who wait, and later tried again', async (t) => {
  const { ask } = maker(new Error('EMFILE'), 'one');
  const all = await Promise.allSettled([ask(), ask()]);
  t.deepEqual(
    all.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  t.is(await ask(), 'one');
});
