/** Whether, where and how often a client came to a session. */
import type { ObservationRule } from './observation-rule.ts';
import { pick, sessions } from './view.ts';

export const SESSION_OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  online: {
    says: () => 'It established a session.',
    find: (view) => sessions(view).map((o) => o.n),
  },
  'online-again': {
    says: () => 'It established a session on a later connection.',
    find: (view) =>
      sessions(view)
        .filter((o, _index, [first]) => o.connection !== first?.connection)
        .map((o) => o.n),
  },
  'online-in-tls': {
    says: () => 'It established a session inside TLS.',
    find: (view) =>
      sessions(view)
        .filter((o) => o.phase !== 'clear')
        .map((o) => o.n),
  },
  'closed-by-client': {
    says: () => 'It closed the connection.',
    find: (view) =>
      pick(view.observations, 'tcp', 'closed')
        .filter((o) => o.from === 'client')
        .map((o) => o.n),
  },
  'connected-elsewhere': {
    says: () => 'It followed a redirect to another endpoint.',
    find: (view) =>
      pick(view.observations, 'tcp', 'connected')
        .filter((o) => o.endpoint !== 'main')
        .map((o) => o.n),
  },
};
