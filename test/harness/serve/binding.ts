/** The other side of `serve`, as small as a binding can be: each endpoint is handed to a client in this process. */
import { PassThrough } from 'node:stream';
import type { Connect, Endpoint } from '../../../harness/client/client.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import type { Answer, RequestId } from '../../../harness/serve/protocol.ts';
import { type ServeOptions, serve } from '../../../harness/serve/serve.ts';

export interface Binding {
  answers: Answer[];
  say(line: object | string): void;
  /** Says `start`, runs the client whenever it is asked for, and settles with the result or the error. */
  start(id: RequestId, request: object, client: Connect): Promise<Answer>;
  /** The next answer of a request that fits. */
  next(fits: (answer: Answer) => boolean): Promise<Answer>;
  end(): Promise<void>;
}

export async function bind(options: Partial<ServeOptions> = {}): Promise<Binding> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answers: Answer[] = [];
  const waiting = new Set<() => void>();
  let pending = '';
  output.on('data', (chunk: Buffer) => {
    const lines = (pending + chunk.toString()).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) answers.push(JSON.parse(line));
    for (const look of [...waiting]) look();
  });
  const catalogue = await loadScenarios();
  const over = serve(input, output, { catalogue, label: 'test', note: () => undefined, ...options });
  const say = (line: object | string) =>
    void input.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);

  function next(fits: (answer: Answer) => boolean, from = 0): Promise<Answer> {
    return new Promise((resolve) => {
      const look = () => {
        const found = answers.slice(from).find(fits);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  }

  async function drive(id: RequestId, client: Connect): Promise<Answer> {
    const own = (answer: Answer) => 'id' in answer && answer.id === id;
    for (let at = answers.length; ; ) {
      const answer = await next((one) => own(one) && !('stop' in one), at);
      at = answers.indexOf(answer) + 1;
      if (!('endpoint' in answer)) return answer;
      const controller = new AbortController();
      const stop = next((one) => 'stop' in one && own(one) && one.attempt === answer.attempt, at);
      void stop.then(() => controller.abort());
      void runClient(client, answer.endpoint, controller.signal).then((done) => say({ id, done }));
    }
  }

  return {
    answers,
    say,
    next,
    start(id, request, client) {
      const driven = drive(id, client);
      say({ id, ...request });
      return driven;
    },
    async end() {
      input.end();
      await over;
    },
  };
}

async function runClient(client: Connect, endpoint: Endpoint, signal: AbortSignal): Promise<object> {
  try {
    return (await client(endpoint, signal)) ?? {};
  } catch (error) {
    return { result: 'refused', reason: String(error) };
  }
}
