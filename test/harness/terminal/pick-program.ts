/** A program that has somebody choose, in a terminal of a test's own. `!` makes it throw. */
import { plain } from '../../../harness/report/colour.ts';
import { pick } from '../../../harness/terminal/picker.ts';

process.stdout.write(`pid ${process.pid}\n`);
process.stdin.on('data', (keys: Buffer) => {
  if (keys.includes('!')) throw new Error('as wanted');
});
const choices = [
  { value: 'control/*', text: '2' },
  { value: 'stripping/*', text: '40' },
];
const chosen = await pick(choices, { keyboard: process.stdin, screen: process.stdout, paint: plain });
process.stdout.write(`chosen ${chosen ?? 'nothing'}\n`);
