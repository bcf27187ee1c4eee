/** The channel-binding types for TLS, and which of them a connection can give. */

/** What TLS knows of itself. Each buffer is the channel-binding data of its type, or null where TLS cannot give it. */
export interface ChannelBindingData {
  /** As Node names it: `TLSv1.3`. */
  version: string;
  /** RFC 9266, section 2. */
  tlsExporter: Buffer | null;
  /** RFC 5929, section 3. */
  tlsUnique: Buffer | null;
  /** RFC 5929, section 4. */
  tlsServerEndPoint: Buffer | null;
}

const byType = new Map<string, (data: ChannelBindingData) => Buffer | null>([
  ['tls-exporter', (data) => data.tlsExporter],
  // OpenSSL has a Finished message to give for TLS 1.3 too, but the type is not defined there (RFC 9266, section 3).
  ['tls-unique', (data) => (data.version === 'TLSv1.3' ? null : data.tlsUnique)],
  ['tls-server-end-point', (data) => data.tlsServerEndPoint],
]);

/** The types that this connection can bind to, strongest first: the list that XEP-0440, section 2 announces. */
export function channelBindingTypes(data: ChannelBindingData | null): string[] {
  return [...byType.keys()].filter((type) => channelBindingOf(data, type) !== null);
}

/** The data of a type by its registered name, which is case-sensitive; null if this connection has none. */
export function channelBindingOf(data: ChannelBindingData | null, type: string): Buffer | null {
  return (data && byType.get(type)?.(data)) ?? null;
}
