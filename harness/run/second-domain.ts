/** A server is told to send to a second domain at the same host and port, as soon as its first stanza has come there. */
import type { Happening, Transcript } from '../../src/transcript.ts';
import type { Endpoint, Exit, RunningClient } from '../client/client.ts';

export interface SecondDomain {
  transcript: Transcript;
  /** As the server is told it; where that leads is where the first one is. */
  endpoint: Endpoint;
  start(endpoint: Endpoint, record: (happening: Happening) => void): RunningClient;
}

/** Both sessions as one: it has ended when the second one has, or the first one before it came to that. */
export function thenToSecond(first: RunningClient, { transcript, endpoint, start }: SecondDomain): RunningClient {
  let second: RunningClient | null = null;
  let end: (exit: Exit) => void = () => undefined;
  const ended = new Promise<Exit>((resolve) => {
    end = resolve;
  });
  const record = (happening: Happening) =>
    void transcript.record(
      happening.layer === 'process' && happening.type === 'started'
        ? { layer: 'process', type: 'told', domain: endpoint.domain }
        : happening,
    );
  const unsubscribe = transcript.subscribe((o) => {
    if (o.layer !== 'xmpp' || o.type !== 'accepted') return;
    unsubscribe();
    second = start(endpoint, record);
    second.ended.then(end);
  });
  first.ended.then((exit) => {
    if (second === null || exit.signal !== null) end(exit);
  });
  const both = async (how: (one: RunningClient) => Promise<void> | undefined) => {
    unsubscribe();
    await Promise.all([how(first), second && how(second)]);
  };
  return {
    ended,
    terminate: () => both((one) => one.terminate()),
    release: () => both((one) => one.release?.()),
    stderrTail: first.stderrTail,
  };
}
