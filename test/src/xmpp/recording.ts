import { createStreamReader, type StreamLimits, type StreamReader } from '../../../src/xmpp/stream-reader.ts';

export const HEADER =
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a.example.test' version='1.0'>";

export interface Recording {
  reader: StreamReader;
  /** One line per call of a handler: its name and the raw text, length or reason that it got. */
  calls: string[];
  /** Each first-level element as ltx writes it. */
  elements: string[];
  faults: { reason: string; text: string }[];
  read(...chunks: (string | Uint8Array)[]): Recording;
}

/** A reader that writes down what its handlers are told. `onCall` sees each line as it comes. */
export function record(
  limits: StreamLimits = {},
  onCall: (call: string, reader: StreamReader) => void = () => {},
): Recording {
  const calls: string[] = [];
  const elements: string[] = [];
  const faults: Recording['faults'] = [];
  const call = (line: string) => {
    calls.push(line);
    onCall(line, reader);
  };
  const reader = createStreamReader(
    {
      open: (_, raw) => call(`open ${raw}`),
      element: (el, raw) => {
        elements.push(el.toString());
        call(`element ${raw}`);
      },
      close: (raw) => call(`close ${raw}`),
      whitespace: (length) => call(`whitespace ${length}`),
      malformed: (reason, text) => {
        faults.push({ reason, text });
        call(`malformed ${reason}`);
      },
    },
    limits,
  );
  const recording: Recording = {
    reader,
    calls,
    elements,
    faults,
    read(...chunks) {
      for (const chunk of chunks) reader.write(Buffer.from(chunk as string));
      return recording;
    },
  };
  return recording;
}

/** The whole input octet by octet. */
export function octets(text: string | Uint8Array): Uint8Array[] {
  return Array.from(Buffer.from(text as string), (octet) => Uint8Array.of(octet));
}
