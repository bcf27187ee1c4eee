/** What the actions at `lookup` share. */
import { dnsName, type RecordType } from '../services/dns/records.ts';
import type { Delivery, DeliveryView } from './action.ts';
import { type Acted, answeredOrSilent } from './delivery.ts';
import type { Moment } from './moment.ts';

export interface Wanted {
  /** May have variables. Default: any. */
  name?: string | undefined;
  /** Default: any. */
  type?: RecordType | undefined;
}

export const isAskedFor = ({ lookup, fill }: Pick<Moment, 'lookup' | 'fill'>, { name, type }: Wanted): boolean =>
  lookup !== null &&
  (type === undefined || type === lookup.question.type) &&
  (name === undefined || dnsName(fill(name)) === dnsName(lookup.question.name));

/** There is no connection yet: it asked on, came, or ended. */
export function heard(view: DeliveryView): Delivery {
  const acts: Acted = (o) =>
    (o.layer === 'dns' && o.from === 'client') ||
    (o.layer === 'tcp' && o.type === 'connected') ||
    (o.layer === 'process' && o.type === 'exit' && !o.ours);
  return answeredOrSilent(view, acts);
}
