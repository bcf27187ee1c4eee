// `dying-server.mjs COMMAND...`: that server, which is killed as soon as the first client is being started.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const [program, ...words] = process.argv.slice(2);
const server = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
process.stdin.pipe(server.stdin);
server.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  if (chunk.includes('"endpoint"')) setInterval(dieOnceItRuns, 20);
});

function dieOnceItRuns() {
  if (!existsSync(process.env.MALLORY_PID_FILE)) return;
  server.kill('SIGKILL');
  console.error('out of luck');
  process.exit(9);
}
