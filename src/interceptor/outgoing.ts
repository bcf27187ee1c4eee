/** Where script meets wire: whatever Mallory is about to write passes through here, and is changed, written, recorded. */
import { escapeXML } from 'ltx';
import { find } from '../script/find.ts';
import type { HandshakePlan, Moment, Output, StreamHeader } from '../script/moment.ts';
import type { Point } from '../script/points.ts';
import { due, type Place, type Script } from '../script/script.ts';
import type { TlsStep } from '../tls/step.ts';
import type { Phase, Transcript } from '../transcript.ts';
import { localName, namespaceOf, serialise } from '../xmpp/elements.ts';
import { KEPT_BYTES, KEPT_XML, type Keep } from './kept.ts';
import type { Wire } from './wire.ts';

export interface OutgoingOptions {
  connection: number;
  endpoint: string;
  /** The how many-th connection there. */
  nth(): number;
  /** The script has done something here. */
  acted(): void;
  script: Script;
  wire: Wire;
  transcript: Transcript;
  keep: Keep;
  phase(): Phase;
  fill(text: string): string;
  /** The connection is to be ended or reset by Mallory, now. */
  finish(how: 'end' | 'reset'): void;
  /** Resolves once it is done. Never rejects. */
  step(step: TlsStep): Promise<void>;
}

interface ScriptRef {
  index: number;
  action: string;
}

export interface Outgoing {
  /** Lets the script act on what is about to be written, and writes the result. Returns the moment as the script left it. */
  perform(point: Point, outputs: Output[], handshake?: HandshakePlan): Moment;
  /** Whether the script has acted on this connection. */
  tampered(): boolean;
}

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { connection, script, wire, transcript } = options;
  const armed: { when: 'before' | 'after'; point: Point; output: Output; by: ScriptRef | null }[] = [];

  let tampered = false;

  function perform(point: Point, outputs: Output[], handshake: HandshakePlan | null = null): Moment {
    const phase = options.phase();
    const fired = armed.filter((one) => one.point === point);
    for (const one of fired) armed.splice(armed.indexOf(one), 1);
    const moment: Moment = {
      point,
      phase,
      outputs: outputs.slice(),
      handshake,
      lookup: null,
      split: null,
      join: false,
      fill: options.fill,
      arm: (when, later, output) => armed.push({ when, point: later, output, by: null }),
    };
    const applied: ScriptRef[] = fired.flatMap(({ by }) => (by ? [by] : []));
    const place: Place = { connection: options.nth(), endpoint: options.endpoint, point, phase };
    for (const { index, name, action, params } of due(script, place)) {
      const before = armed.length;
      if (!action.apply(moment, params)) continue;
      options.acted();
      const late = armed[before];
      if (late) late.by = { index, action: name };
      else applied.push({ index, action: name });
    }
    for (const { when, output } of fired) {
      if (when === 'before') moment.outputs.unshift(output);
      else moment.outputs.push(output);
    }
    tampered ||= applied.length > 0;
    write(moment, applied);
    return moment;
  }

  function write(moment: Moment, applied: ScriptRef[]): void {
    const { phase } = moment;
    // Pieces act on a client one by one: one that leaves in the middle of them has had its attack.
    const early = applied.filter(isSplit);
    if (early.length > 0) wire.next(() => note(moment, early));
    for (const segment of segmentsOf(moment.outputs)) {
      if ('finish' in segment) {
        wire.next(() => options.finish(segment.finish));
      } else if ('step' in segment) {
        wire.task(() => options.step(segment.step));
      } else {
        wire.wait(segment.afterMs);
        const written = () => {
          for (const one of segment.written) recordWritten(one, phase);
        };
        if (moment.join) {
          wire.hold(segment.bytes);
          wire.next(written);
        } else {
          // The segments of raw octets are the attack itself.
          const raw = segment.written.some(isRaw);
          wire.write(segment.bytes, moment.split ?? (raw ? 'whole' : null), written);
        }
      }
    }
    const rest = applied.filter((ref) => !early.includes(ref));
    // A connection that the script ends leaves nothing to write on, and yet the action took place.
    if (moment.outputs.some(ends)) note(moment, rest);
    else if (rest.length > 0) wire.next(() => note(moment, rest));
    if (moment.outputs.some(stalls)) wire.stall();
  }

  function note({ point, phase }: Moment, refs: ScriptRef[]): void {
    for (const { index, action } of refs)
      transcript.record({ layer: 'script', type: 'action', connection, index, action, point, phase });
  }

  /** Written out each time: an object that begins with a spread and goes on takes V8 10 us, and here everything passes. */
  function recordWritten({ output, text }: Written, phase: Phase): void {
    const from = 'mallory';
    if (output.kind === 'element') {
      const { element } = output;
      const xml = options.keep(text, KEPT_XML);
      const name = localName(element);
      const mechanisms = name === 'features' && find(element, 'mechanism').map((one) => one.getText());
      const ns = namespaceOf(element) ?? '';
      transcript.record({
        layer: 'xmpp',
        connection,
        phase,
        from,
        type: 'element',
        name,
        ns,
        xml,
        ...(mechanisms && { mechanisms }),
      });
    } else if (output.kind === 'header') {
      const attributes: Record<string, string> = {};
      for (const [name, value] of Object.entries(output.attributes)) if (value !== null) attributes[name] = value;
      transcript.record({ layer: 'xmpp', connection, phase, from, type: 'stream-open', attributes, xml: text });
    } else if (output.kind === 'raw') {
      transcript.record({
        layer: 'tcp',
        connection,
        type: 'written',
        from: 'mallory',
        phase,
        length: output.bytes.length,
        text: options.keep(text, KEPT_BYTES),
      });
    }
  }

  return { perform, tampered: () => tampered };
}

/** An output and, made once for the wire and for the transcript, its text; of raw octets their beginning. */
type Written = { output: Output; text: string };

type Segment = { bytes: Buffer; afterMs: number; written: Written[] } | { finish: 'end' | 'reset' } | { step: TlsStep };

const isSplit = ({ action }: ScriptRef) => action === 'split';
const isRaw = ({ output }: Written) => output.kind === 'raw';
const stalls = ({ kind }: Output) => kind === 'stall';

function ends(output: Output): boolean {
  if (output.kind === 'tls') return output.step.kind !== 'records' && output.step.kind !== 'renegotiate';
  return output.kind === 'end' || output.kind === 'reset';
}

/** Neighbours share a segment unless the script wants one of its own. */
function segmentsOf(outputs: Output[]): Segment[] {
  const segments: Segment[] = [];
  for (const output of outputs) {
    if (output.kind === 'stall') continue;
    if (output.kind === 'end' || output.kind === 'reset') {
      segments.push({ finish: output.kind });
      continue;
    }
    if (output.kind === 'tls') {
      segments.push({ step: output.step });
      continue;
    }
    const text = textOf(output);
    const bytes = output.kind === 'raw' ? output.bytes : Buffer.from(text);
    const last = segments.at(-1);
    const afterMs = output.kind === 'raw' ? output.afterMs : 0;
    const apart = output.kind === 'raw' && output.segment === 'next';
    if (last && 'bytes' in last && !apart) {
      last.bytes = Buffer.concat([last.bytes, bytes]);
      last.written.push({ output, text });
    } else {
      segments.push({ bytes, afterMs, written: [{ output, text }] });
    }
  }
  return segments;
}

function textOf(output: Exclude<Output, { kind: 'stall' | 'end' | 'reset' | 'tls' }>): string {
  if (output.kind === 'raw') return output.bytes.toString('latin1', 0, KEPT_BYTES);
  return output.kind === 'element' ? serialise(output.element) : headerXml(output);
}

function headerXml({ prolog, attributes }: StreamHeader): string {
  let written = '';
  for (const name in attributes) {
    const value = attributes[name];
    if (value != null) written += ` ${name}='${escapeXML(value)}'`;
  }
  return `${prolog ? "<?xml version='1.0'?>" : ''}<stream:stream${written}>`;
}
