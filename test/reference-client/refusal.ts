/** Why a correct client goes no further. Most faults are about not minding one of these. */
export type Reason =
  // Of the connection, at any time
  | 'aborted'
  | 'unreachable'
  | 'lost'
  | 'silent'
  | 'bad-xml'
  | 'stream-error'
  // Before TLS
  | 'bad-header'
  | 'old-version'
  | 'new-version'
  | 'no-features'
  | 'no-starttls'
  | 'unsolicited-proceed'
  | 'raced'
  | 'failure'
  | 'other-reply'
  | 'no-reply'
  | 'bytes-after-proceed'
  // In the TLS handshake
  | 'probed'
  | 'tls-failed'
  | 'tls-lost'
  | 'tls-stalled'
  | 'xml-instead-of-tls'
  | 'certificate'
  // Behind it
  | 'login'
  | 'interop';

export class Refusal extends Error {
  readonly reason: Reason;
  /** Where a see-other-host leads to: nothing that a correct client follows in clear (RFC 6120, section 4.9.3.19). */
  readonly redirect: string | null;

  constructor(reason: Reason, message: string = reason, redirect: string | null = null) {
    super(message);
    this.name = 'Refusal';
    this.reason = reason;
    this.redirect = redirect;
  }
}

export const reasonOf = (error: unknown): Reason | null => (error instanceof Refusal ? error.reason : null);
