/** Reports of any mix of shards and clients, as one report for each client. */
import type { Report, Reports } from '../result.ts';
import type { Catalogue } from '../scenario/catalogue.ts';
import { BadInput } from '../scenario/problem.ts';
import { joinShards } from './join-shards.ts';
import type { ReadReport } from './read.ts';

/**
 * In the order in which the clients come first. Results stand in the catalogue's order where it is the reports' own.
 *
 * @throws BadInput where catalogues differ, where a client has more than one whole run, or a shard is missing.
 */
export function mergeReports(read: readonly ReadReport[], catalogue: Pick<Catalogue, 'hash' | 'scenarios'>): Reports {
  const [first, ...others] = read;
  if (!first) throw new BadInput('There is no report to merge: xmpp-mallory merge FILE...');
  const stranger = others.find(({ report }) => report.catalogue !== first.report.catalogue);
  if (stranger)
    throw new BadInput(
      `${first.file} and ${stranger.file} are of different catalogues (${short(first)} and ${short(stranger)}): their scenarios cannot be compared. Run both with the same version and the same --scenarios.`,
    );
  const groups = new Map<string, ReadReport[]>();
  for (const one of read) groups.set(clientOf(one.report), [...(groups.get(clientOf(one.report)) ?? []), one]);
  const places = new Map(catalogue.scenarios.map(({ id }, place) => [id, place]));
  const order = first.report.catalogue === catalogue.hash ? places : null;
  const problems: string[] = [];
  const merged = [...groups.values()].flatMap((group) => {
    const [only, second] = group;
    if (only && !second && only.report.shard === null) return [only.report];
    try {
      return [joinShards(group, order)];
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      problems.push(...error.sentences);
      return [];
    }
  });
  const [one, ...more] = merged;
  if (problems.length > 0 || !one) throw new BadInput(problems);
  return [one, ...more];
}

const short = ({ report }: ReadReport) => report.catalogue.slice(0, 12);

/** The same program, judged by the same rules. */
function clientOf({ client, environment, relayed }: Report): string {
  return JSON.stringify([client.label, client.version, client.command, environment.policy, relayed]);
}
