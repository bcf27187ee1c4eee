/** `npm run fuzz -- [COUNT] [SEED]`: by default a million inputs, with seed 1. Exit status 1 if anything was wrong. */
import { fuzzClientHello, seeds } from './client-hello.ts';

/** Milliseconds for one input, and MiB more than at the start: what is bounded has far less. */
const SLOWEST = 250;
const MOST_MEMORY = 128;

const [count = '1000000', seed = '1'] = process.argv.slice(2);
const hellos = await seeds();
const memory = process.memoryUsage().rss;
const started = performance.now();
const { answers, problems, slowest } = fuzzClientHello(hellos, Number(count), seed);
const seconds = (performance.now() - started) / 1000;
const grown = (process.memoryUsage().rss - memory) / 2 ** 20;

console.log(`ClientHello parser: ${count} inputs, seed ${seed}, in ${seconds.toFixed(1)} s`);
for (const [answer, times] of Object.entries(answers).sort(([, a], [, b]) => b - a))
  console.log(`  ${answer}: ${times}`);
console.log(
  `  slowest input ${slowest.toFixed(1)} ms (limit ${SLOWEST}), memory +${grown.toFixed(0)} MiB (${MOST_MEMORY})`,
);
for (const problem of problems) console.error(problem);
if (problems.length > 0 || slowest > SLOWEST || grown > MOST_MEMORY) process.exitCode = 1;
