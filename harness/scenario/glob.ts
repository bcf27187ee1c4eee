/** The patterns of the command line and of baselines: on an id (`stripping/*`) or a key (`stripping/x[direct,ip]`). */

/** `*` stands for anything, also for nothing and for slashes; every other character for itself. */
export function matchesPattern(pattern: string, key: string): boolean {
  const glob = new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`, 's');
  return glob.test(key) || glob.test(idOfKey(key));
}

/** `certificate/expired` of `certificate/expired[direct,ip]`; an id stays as it is. */
export function idOfKey(key: string): string {
  return key.replace(/\[[^[\]]*\]$/, '');
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
