/** What `--pcap` leaves: a capture of each session, controls included, under the name of its state directory. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Recording } from '../../src/interceptor/recording.ts';
import type { Transport } from '../../src/transcript.ts';
import { pcapng } from '../report/pcapng/pcapng.ts';
import { BadInput } from '../scenario/problem.ts';
import { reasonOf } from './ca-file.ts';

/** Octets that one run leaves at most. */
const MOST = 1_073_741_824;

export interface Captures {
  /** A later one of the same name takes its place. Never rejects: what cannot be written is said once. */
  save(recording: Recording, session: { name: string; transport: Transport; about: string }): Promise<void>;
}

/** @throws BadInput if the folder cannot be made. */
export async function createCaptures(folder: string, note: (text: string) => void): Promise<Captures> {
  const directory = resolve(folder);
  await mkdir(directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new BadInput(
      `The captures cannot be written to ${folder}: ${reasonOf(error)}. Name another folder with --pcap.`,
    );
  });
  let written = 0;
  let given = false;
  const giveUp = (why: string) => {
    if (!given) note(why);
    given = true;
  };

  return {
    async save(recording, { name, transport, about }) {
      if (given) return;
      const octets = pcapng(recording, { transport, about });
      written += octets.length;
      if (written > MOST) return giveUp('The captures have come to 1 GiB: what comes from now on is not captured.');
      await writeFile(join(directory, `${name}.pcapng`), octets).catch((error: NodeJS.ErrnoException) =>
        giveUp(`A capture cannot be written to ${folder}: ${reasonOf(error)}. Further sessions are not captured.`),
      );
    },
  };
}
