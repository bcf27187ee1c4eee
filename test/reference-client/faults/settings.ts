/** Servers and scripts that many of the attacks are made of. */
import type { Script } from '../../../src/index.ts';
import type { Do } from '../../../src/script/actions/index.ts';
import type { RewriteData } from '../../../src/script/actions/rewrite.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';
import type { Setting } from '../support.ts';

export const TLS_OFFERS = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];

export const IDN = 'b\u00fccher.im.xmpp.test';

export const inClear = (...clear: string[]): NonNullable<Setting['entity']> => ({
  mechanisms: { clear, tls: TLS_OFFERS },
});

export const features = (...change: object[]): Script =>
  change.map((what) => ({ on: 'features', in: 'clear', do: what }));

export const at = (
  on: 'header' | 'proceed' | 'tls-handshake' | 'online',
  what: object,
  connection?: number | string,
) => [{ on, do: what, ...(connection && { connection }), ...(on === 'header' && { in: 'clear' as const }) }];

export const insideTls = (on: 'features' | 'challenge' | 'success', what: object): Script => [
  { on, in: 'tls', do: what },
];

export const ping = "<iq type='get' id='{canary}'><ping xmlns='urn:xmpp:ping'/></iq>";

export const plainOffer = `<stream:features xmlns:stream='${NS.streams}'><mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`;

export const header = `<?xml version='1.0'?><stream:stream xmlns='${NS.client}' xmlns:stream='${NS.streams}' id='x' version='1.0'>`;

export const loss = at('online', { close: 'instead' }, 1);

export const later = (what: object, connection = '2+') => at('tls-handshake', what, connection);

export const redirect = `<stream:error><see-other-host xmlns='${NS.streamErrors}'>{endpoint.elsewhere}</see-other-host></stream:error>`;

/** A login, a loss, and one more login. */
export const again: Setting = { session: 'stay', script: loss };

export const inTls = (what: Do): Script => [{ on: 'features', in: 'tls', do: what }];

export const rewriting = (version: 'TLSv1.2' | 'TLSv1.3', rewrite: RewriteData): Script =>
  at('tls-handshake', { negotiate: { min: version, max: version }, rewrite });

export const inserting = (record: { type: number; octets: string; repeat?: number; times?: number }): Script =>
  rewriting('TLSv1.2', { insert: { ...record, before: 'server-hello-done' } });
