/** What the system has booked on a process and its descendants. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Booked {
  pid: number;
  parent: number;
  /** Of its own and of the children that it has waited for, user and system. */
  cpuSeconds: number;
}

const onLinux = process.platform === 'linux';

/** What /proc counts in, whatever the kernel's own clock does. */
const TICKS_PER_SECOND = 100;

/** User and system time so far of a process and of all that descends from it. */
export function cpuSeconds(pid: number): number {
  const all = onLinux ? fromProc() : fromPs();
  const family = new Set([pid]);
  // A child's number may be lower than its parent's, so once through the list is not enough.
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const one of all) if (family.has(one.parent)) family.add(one.pid);
  }
  return all.filter((one) => family.has(one.pid)).reduce((sum, one) => sum + one.cpuSeconds, 0);
}

/** The most resident memory in MiB that a process has had so far (macOS: has now); 0 once it is gone. */
export function residentMiB(pid: number): number {
  try {
    const kib = onLinux
      ? /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function fromProc(): Booked[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The program's name, in brackets, may hold anything: the fields begin after the last one (proc(5)).
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
        const ticks = stat.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
        return [{ pid: Number(name), parent: Number(stat[1]), cpuSeconds: ticks / TICKS_PER_SECOND }];
      } catch {
        return [];
      }
    });
}

function fromPs(): Booked[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent, time = '0'] = line.trim().split(/\s+/);
    const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    return { pid: Number(pid), parent: Number(parent), cpuSeconds: seconds };
  });
}
