/** Who a client is in one attempt: all of it is made anew for each, and what is secret is a canary. */
import { randomBytes } from 'node:crypto';
import { type DomainKind, domainOf } from '../scenario/domain.ts';
import { PARENT } from './server-names.ts';

export type Identity = ReturnType<typeof freshIdentity>;

export function freshIdentity(kind: DomainKind, given?: string) {
  const id = randomBytes(5).toString('hex');
  const localpart = `user-${id.slice(0, 4)}`;
  const domain = given ?? domainOf(kind, id);
  return {
    localpart,
    domain,
    jid: `${localpart}@${domain}`,
    password: `canary-${randomBytes(9).toString('hex')}`,
    canary: `canary-${randomBytes(6).toString('hex')}`,
    pingId: `ping-${randomBytes(6).toString('hex')}`,
  };
}

/** The domain that a server is told to reach. */
export function freshServer() {
  const identity = freshIdentity('ordinary', `x${randomBytes(5).toString('hex')}.${PARENT}`);
  return { ...identity, localpart: 'juliet', jid: `juliet@${identity.domain}` };
}

/** Of somebody else, as fresh. */
export const secondDomainOf = (domain: string) => `y${domain.slice(1)}`;
