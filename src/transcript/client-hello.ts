/** What a ClientHello offers. Numbers are the code points of the IANA TLS registries; GREASE values are left out. */
export interface ClientHello {
  /** `client_version` of the record body, not the highest version offered. */
  legacyVersion: number;
  /** Highest first, as sent; for a hello without `supported_versions`: every version up to `legacyVersion`, from 0x0301. */
  versions: number[];
  cipherSuites: number[];
  compressionMethods: number[];
  groups: number[];
  pointFormats: number[];
  signatureAlgorithms: number[];
  serverName: string | null;
  alpn: string[];
  extensions: number[];
  extendedMasterSecret: boolean;
  renegotiationInfo: boolean;
  sessionTicket: boolean;
  preSharedKey: boolean;
  earlyData: boolean;
  /** Whether there were any GREASE values (RFC 8701). */
  grease: boolean;
}
