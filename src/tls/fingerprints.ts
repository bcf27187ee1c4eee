/** What a ClientHello is told by: our own measure of sameness, and the fingerprint that others know. */
import type { ClientHello } from '../transcript.ts';
import { helloKind } from './hello-kind.ts';
import { ja4 } from './ja4.ts';

export interface Fingerprints {
  kind: string;
  ja4: string;
}

/** The clients of a run are few, and offer the same each time. */
const known = new Map<string, Fingerprints>();
const MOST = 64;

export function fingerprintsOf(hello: ClientHello): Fingerprints {
  const offer = JSON.stringify(hello);
  const before = known.get(offer);
  if (before) return before;
  const made = { kind: helloKind(hello), ja4: ja4(hello) };
  if (known.size < MOST) known.set(offer, made);
  return made;
}
