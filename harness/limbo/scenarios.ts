/** The server-authentication cases of an x509-limbo suite as scenarios: `limbo/` and the id that they have there. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Importance, Level } from '../result.ts';
import { assemble } from '../scenario/assemble.ts';
import type { Catalogue } from '../scenario/catalogue.ts';
import { BadInput, shown } from '../scenario/problem.ts';
import { resolveEntity } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type LimboCase, readLimbo } from './file.ts';
import { requirementOf } from './requirements.ts';
import { whyUnusable } from './unusable.ts';

/** Adds them to a catalogue. @throws BadInput */
export async function withLimbo(base: Catalogue, path: string): Promise<Catalogue> {
  const cases = (await readLimbo(path)).filter((one) => one.validation_kind === 'SERVER');
  if (cases.length === 0)
    throw new BadInput(`${shown(path)} has no case of server authentication (validation_kind SERVER).`);
  const taken = new Set(base.scenarios.map(({ id }) => id));
  const twice = cases.find(({ id }) => taken.has(`limbo/${id}`));
  if (twice) throw new BadInput(`${shown(path)}: the id ${twice.id} is taken by another suite.`);
  const now = Date.now();
  const made = cases.map((one) => scenarioOf(one, base, shown(path), now));
  return assemble([...base.scenarios, ...made], base.requirements);
}

function scenarioOf(the: LimboCase, { requirements }: Catalogue, source: string, now: number): Scenario {
  const { id, description, untrusted_intermediates, peer_certificate, peer_certificate_key } = the;
  const refuse = the.expected_result === 'FAILURE';
  const requirement = requirementOf(the);
  const always = [requirements[requirement]?.level ?? 'info'].flatMap((level) =>
    typeof level === 'string' ? [level] : Object.values<Level>(level),
  );
  // Where it depends, on the policy too, what is wrong is for the requirement to say.
  const untrusted = always.every((level) => level === 'must');
  const title = `x509-limbo's ${id}, to be ${refuse ? 'refused' : 'accepted'}`;
  const domain = the.expected_peer_name?.value ?? '';
  return {
    id: `limbo/${id}`,
    title,
    description: [description.trim(), ...(the.features?.length ? [`Features: ${the.features.join(', ')}.`] : [])].join(
      ' ',
    ),
    importance: importanceOf(the),
    transports: ['starttls', 'direct'],
    session: 'once',
    namespaces: ['jabber:client'],
    entity: resolveEntity(),
    endpoints: {},
    script: [{ on: 'tls-handshake', do: { present: id } }],
    expect: {
      never: refuse ? { [untrusted ? 'authenticated-to-untrusted' : 'authenticated-to-weak']: requirement } : {},
      see: refuse ? {} : { online: requirement },
    },
    caughtBy: [],
    seenIn: [],
    needs: [],
    source,
    given: {
      domain,
      trusted: the.trusted_certs,
      unusable: whyUnusable(the, now),
      credential: {
        name: id,
        title,
        peer: !refuse ? 'honest' : untrusted ? 'untrusted' : 'weak',
        twin: twinOf(the, domain),
        key: peer_certificate_key ?? '',
        chain: [peer_certificate, ...untrusted_intermediates],
      },
    },
  };
}

/**
 * A good certificate of our own that is most like it: what a client cannot do anyway, an intermediate CA, a wildcard, an
 * RSA key, is no merit where it refuses the case.
 */
function twinOf({ peer_certificate, untrusted_intermediates }: LimboCase, domain: string): string {
  const leaf = read(peer_certificate);
  if (!isIP(domain) && domain.split('.').length > 2 && leaf?.subjectAltName?.includes('DNS:*')) return 'valid-wildcard';
  if (untrusted_intermediates.length > 0) return 'valid-intermediate';
  return keyTypeOf(leaf) === 'rsa' ? 'valid-rsa-2048' : 'valid';
}

function read(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function keyTypeOf(leaf: X509Certificate | null): string | undefined {
  try {
    return leaf?.publicKey.asymmetricKeyType;
  } catch {
    return undefined;
  }
}

function importanceOf({ importance, features }: LimboCase): Importance {
  const words: Importance[] = ['critical', 'high', 'medium', 'low'];
  return words.find((word) => word === importance) ?? (features?.length ? 'low' : 'medium');
}
