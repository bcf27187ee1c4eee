import test from 'ava';
import { saslPrep } from '../../../src/sasl/saslprep.ts';

const table: [input: string, output: string | null, why: string][] = [
  ['I\u00adX', 'IX', 'RFC 4013, section 3, example 1'],
  ['user', 'user', 'example 2'],
  ['USER', 'USER', 'example 3'],
  ['\u00aa', 'a', 'example 4'],
  ['\u2168', 'IX', 'example 5'],
  ['\u0007', null, 'example 6'],
  ['', null, 'empty'],
  ['\u00ad\ufeff\u200d', null, 'empty once prepared'],
  ['a\u00a0b\u3000c', 'a b c', 'spaces beyond ASCII'],
  ['a\u200bb', 'a b', 'zero width space: in two tables, and a space in the libraries'],
  ['\u007f', null, 'C.2.1'],
  ['\u0085', null, 'C.2.2'],
  ['\u2028', null, 'C.2.2'],
  ['\ue000', null, 'C.3'],
  ['\u{fffe}', null, 'C.4'],
  ['\u{10ffff}', null, 'C.4'],
  ['\ud800', null, 'C.5'],
  ['\ufffd', null, 'C.6'],
  ['\u2ff0', null, 'C.7'],
  ['\u202e', null, 'C.8'],
  ['\u{e0041}', null, 'C.9'],
  ['\u{1f511}', '\u{1f511}', 'outside the basic plane'],
];

for (const [input, output, why] of table) {
  test(`${JSON.stringify(input)}: ${why}`, (t) => {
    t.is(saslPrep(input), output);
  });
}
