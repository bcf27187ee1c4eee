/** A run that does not get to its end: a client in a room, with a process that left its group. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openConfinement } from '../../../harness/confine/confine.ts';
import { makeDirectory } from '../../../harness/run/directory.ts';

const directory = await makeDirectory();
const confinement = await openConfinement(join(directory, 'rooms'));
const room = await confinement.enter();
const mark = `mallory-mark-${process.pid}`;
const script = `setsid sh -c 'while :; do sleep 0.1; done' ${mark} & while :; do sleep 0.1; done`;
const [program = '', ...words] = room.words(['sh', '-c', script, mark]);
spawn(program, words, { stdio: 'ignore', detached: true }).once('spawn', () =>
  setTimeout(() => console.log(JSON.stringify({ directory, inside: process.pid })), 200),
);
