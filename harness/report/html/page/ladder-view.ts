/** The ladder diagram: a list of steps, drawn between lifelines. What is drawn is also said in words. */

import type { Observation } from '../../../../src/transcript.ts';
import { type Lane, ladderOf, type Step } from '../ladder.ts';
import { element } from './dom.ts';

const NAMES: Record<Lane, string> = { client: 'Client', mallory: 'Mallory', server: 'Server' };
const PROTECTIONS = { clear: 'clear', handshake: 'TLS handshake', tls: 'TLS' };

/** `proofs`: by the number of an observation, which findings it proves. Steps have the ids `step-N`. */
export function ladderView(transcript: readonly Observation[], proofs: Map<number, number[]>): HTMLElement {
  const { server, steps } = ladderOf(transcript);
  const lanes: Lane[] = server ? ['client', 'mallory', 'server'] : ['client', 'mallory'];
  let connection: number | null = null;
  const items = steps.flatMap((step) => {
    const isNew = step.connection !== null && step.connection !== connection && step.connection > 1;
    connection = step.connection ?? connection;
    const divider = element('li', { class: 'divider' }, `Connection ${step.connection}`);
    return [...(isNew ? [divider] : []), item(step, proofs.get(step.n) ?? [])];
  });
  return element(
    'div',
    { class: `ladder${server ? ' with-server' : ''}` },
    legend(),
    element('div', { class: 'lanes', 'aria-hidden': 'true' }, ...lanes.map((lane) => element('span', {}, NAMES[lane]))),
    element('ol', {}, ...items),
  );
}

function item(step: Step, proves: number[]): HTMLElement {
  const time = element('span', { class: 'time', title: 'milliseconds' }, step.t.toFixed(step.t < 100 ? 1 : 0));
  const proof = proves.length > 0 && element('span', { class: 'proof' }, `proof of finding ${proves.join(' and ')}`);
  const classes = ['step', step.kind, step.tampered ? 'tampered' : '', proof ? 'proves' : ''];
  if (step.kind === 'note')
    return element(
      'li',
      { id: `step-${step.n}`, tabindex: -1, class: [...classes, `at-${step.at}`].join(' ') },
      time,
      element('span', { class: 'note' }, step.tampered && element('b', {}, 'Mallory tampers: '), step.text, proof),
    );
  const way = `${NAMES[step.from]} to ${NAMES[step.to]}`;
  return element(
    'li',
    { id: `step-${step.n}`, tabindex: -1, class: [...classes, `from-${step.from}`, step.protection].join(' ') },
    time,
    element(
      'span',
      { class: 'message' },
      element('span', { class: 'unseen' }, `${way}: `),
      element('code', {}, step.text),
      element('span', { class: 'arrow', 'aria-hidden': 'true' }),
      element(
        'span',
        { class: 'tags' },
        element('span', { class: `tag ${step.protection}` }, PROTECTIONS[step.protection]),
        step.tampered && element('span', { class: 'tag tampered' }, 'tampered'),
        ...step.secrets.map((secret) => element('span', { class: 'tag secret' }, `with the ${secret}`)),
        proof,
      ),
    ),
  );
}

function legend(): HTMLElement {
  const kinds = [
    ['clear', 'in clear'],
    ['handshake', 'TLS handshake'],
    ['tls', 'inside TLS'],
    ['tampered', 'tampered with'],
  ];
  return element(
    'p',
    { class: 'legend' },
    ...kinds.map(([kind, words]) =>
      element(
        'span',
        { class: `key ${kind}` },
        element('span', { class: 'arrow', 'aria-hidden': 'true' }),
        words ?? '',
      ),
    ),
  );
}
