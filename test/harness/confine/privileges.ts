/** By which rights this machine lets a client be confined; none: tests that need it are skipped. */
import { openNetwork, type Privilege } from '../../../harness/confine/network.ts';

const works = async (privilege: Privilege) =>
  process.platform === 'linux' &&
  (await openNetwork(privilege).then(
    (network) => {
      network.close();
      return true;
    },
    () => false,
  ));
export const ways = (
  await Promise.all((['root', 'user-namespace'] as const).map(async (one) => ((await works(one)) ? [one] : [])))
).flat();
