import test from 'ava';
import { closest, didYouMean, editDistance, nearest } from '../../../harness/scenario/nearest.ts';

const distances: [a: string, b: string, distance: number][] = [
  ['', '', 0],
  ['abc', 'abc', 0],
  ['', 'abc', 3],
  ['abc', 'abd', 1],
  ['abc', 'acb', 1],
  ['abc', 'ab', 1],
  ['kitten', 'sitting', 3],
];
for (const [a, b, distance] of distances)
  test(`from "${a}" to "${b}" it is ${distance}`, (t) => {
    t.is(editDistance(a, b), distance);
    t.is(editDistance(b, a), distance);
  });

const words = ['remove', 'rename', 'replace', 'stripping/starttls-removed-scram', 'certificate/wrong-name'];

const hints: [word: string, meant: string | undefined][] = [
  ['remvoe', 'remove'],
  ['REMOVE', 'remove'],
  ['wrong-name', 'certificate/wrong-name'],
  ['striping/starttls-removed', 'stripping/starttls-removed-scram'],
  ['something-else', undefined],
];
for (const [word, meant] of hints) test(`near ${word}`, (t) => t.is(nearest(word, words)[0], meant));

test('in a sentence', (t) => {
  t.is(didYouMean('remvoe', words), '; did you mean "remove"?');
  t.is(didYouMean('something-else', words), '');
  t.is(closest('something-else', words, 2).length, 2);
});
