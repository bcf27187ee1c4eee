/** What a server offers beyond RFC 6120, as scenarios name it. */
export const EXTENSIONS = {
  'scram-downgrade-protection': 'SCRAM carries a hash of the mechanisms that are offered (XEP-0474)',
  fast: 'tokens for the next login, inside SASL2 (XEP-0484)',
  'stream-management': 'sessions that can be resumed (XEP-0198)',
} as const satisfies Record<string, string>;

export type Extension = keyof typeof EXTENSIONS;
