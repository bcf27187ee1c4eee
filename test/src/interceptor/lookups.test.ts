import test from 'ava';
import { createAnswering } from '../../../src/interceptor/lookups.ts';
import type { Answer } from '../../../src/script/actions/answer.ts';
import type { Spoil } from '../../../src/script/actions/spoil.ts';
import type { Reply } from '../../../src/services/dns/lookup.ts';
import { createTranscript } from '../../../src/transcript.ts';

const name = '_xmpp-client._tcp.d.test';
const srv = (data: string): Reply => ({ code: 'NOERROR', records: [{ name, type: 'SRV', data }] });
const honest = srv('0 5 5222 a.test.');
const none = (code: Reply['code']): Reply => ({ code, records: [] });
const fill = (text: string) => text.replace('{domain}', 'd.test').replace('{endpoint.elsewhere.port}', '4711');

function asked(answer: Answer, { type = 'SRV', connections = 0, connection = undefined as string | undefined } = {}) {
  const transcript = createTranscript();
  const script = [{ on: 'lookup', do: { answer }, ...(connection && { connection }) }] as const;
  const answering = createAnswering({ script, transcript, connections: () => connections, fill });
  const acted = () => transcript.observations.map((o) => (o.layer === 'script' ? [o.action, o.connection] : []));
  return { reply: answering({ name, type }, honest), acted: acted() };
}

const answers: [title: string, answer: Answer, reply: Reply | null][] = [
  ['a name that is not there', { with: 'nxdomain' }, none('NXDOMAIN')],
  ['no such records', { with: 'none' }, none('NOERROR')],
  ['an error', { with: 'servfail' }, none('SERVFAIL')],
  ['a refusal', { with: 'refused' }, none('REFUSED')],
  ['nothing', { with: 'silence' }, null],
  ['no service', { type: 'SRV', with: ['0 0 0 .'] }, srv('0 0 0 .')],
  ['another host and port', { type: 'SRV', with: ['0 5 {endpoint.elsewhere.port} b.test.'] }, srv('0 5 4711 b.test.')],
  ['by name', { name: '_XMPP-client._tcp.{domain}', with: 'nxdomain' }, none('NXDOMAIN')],
];
for (const [title, answer, reply] of answers)
  test(`the answer is ${title}`, (t) => t.deepEqual(asked(answer), { reply, acted: [['answer', 0]] }));

const others: [title: string, answer: Answer][] = [
  ['another name', { name: 'other.test', with: 'nxdomain' }],
  ['another type', { type: 'TXT', with: ['x'] }],
];
for (const [title, answer] of others)
  test(`of ${title} nothing is changed`, (t) => t.deepEqual(asked(answer), { reply: honest, acted: [] }));

/** An answer out of the zone can be signed. */
const signed: Reply = { ...honest, signatures: 'good' };

function spoiled(spoil: Spoil, reply = signed) {
  const transcript = createTranscript();
  const answering = createAnswering({
    script: [{ on: 'lookup', do: { spoil } }],
    transcript,
    connections: () => 0,
    fill,
  });
  return { reply: answering({ name, type: 'SRV' }, reply), acted: transcript.observations.length > 0 };
}

for (const signatures of ['wrong', 'expired'] as const)
  test(`the signatures of an answer are ${signatures}, and the answer is the same`, (t) =>
    t.deepEqual(spoiled({ type: 'SRV', signatures }), { reply: { ...honest, signatures }, acted: true }));

test('the signatures of an answer are missing, and the answer is the same', (t) =>
  t.deepEqual(spoiled({ name: '_xmpp-client._tcp.{domain}', signatures: 'missing' }), {
    reply: { ...honest, signatures: undefined },
    acted: true,
  }));

test('of another answer, or one that has no signatures, nothing is spoiled', (t) => {
  t.deepEqual(spoiled({ type: 'A', signatures: 'wrong' }), { reply: signed, acted: false });
  t.deepEqual(spoiled({ signatures: 'wrong' }, honest), { reply: honest, acted: false });
});

test('the lookup for a later connection can have an answer of its own', (t) => {
  const later = { with: 'nxdomain' } as const;
  t.is(asked(later, { connection: '2+' }).reply, honest);
  t.deepEqual(asked(later, { connection: '2+', connections: 1 }).reply, none('NXDOMAIN'));
});
