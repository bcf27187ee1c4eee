/** Under which policy a server was judged: no verdict about one says anything without it. */
import type { Report } from '../result.ts';

/** To go on with behind the RFCs' policy; '' for a client. */
export function serverPolicyInWords(server: Report['server']): string {
  if (!server) return '';
  const { encryption, authentication, dialback } = server.policy;
  const choices = [
    `encryption ${encryption}`,
    `authentication ${authentication}`,
    `dialback ${dialback ? 'on' : 'off'}`,
  ];
  return `, server policy ${server.policyName} (${choices.join(', ')})`;
}
