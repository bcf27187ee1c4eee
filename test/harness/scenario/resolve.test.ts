import test from 'ava';
import { observationNames } from '../../../harness/scenario/observation-names.ts';
import { asForServers, resolveScenarios } from '../../../harness/scenario/resolve.ts';
import { defineScenario, type ScenarioFile } from '../../../harness/scenario/scenario.ts';

const file: ScenarioFile = { id: 'a/b', title: 'T', description: ' D \n', importance: 'low' };

const only = (more: Partial<ScenarioFile> = {}) => {
  const [scenario, ...others] = resolveScenarios({ ...file, ...more }, 'x.yaml');
  if (!scenario || others.length > 0) throw new Error('one scenario was expected');
  return scenario;
};

test('defaults are those of a good server', (t) => {
  t.deepEqual(only(), {
    id: 'a/b',
    title: 'T',
    description: 'D',
    importance: 'low',
    namespaces: ['jabber:client'],
    transports: ['starttls', 'direct'],
    session: 'once',
    entity: {
      domain: 'ordinary',
      mechanisms: { clear: [], tls: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] },
      sasl2: { clear: [], tls: [] },
      iqAuth: { clear: false, tls: false },
      extensions: [],
      dialback: { clear: false, tls: false },
      bidi: { clear: false, tls: false },
      posh: null,
      secondDomain: false,
      call: 'key',
      dane: null,
      credential: 'valid',
      tls: { min: 'TLSv1.2', max: 'TLSv1.3' },
    },
    endpoints: {},
    script: [],
    expect: { never: {}, see: {} },
    seenIn: [],
    caughtBy: [],
    needs: [],
    source: 'x.yaml',
  });
});

test('to servers a good server offers EXTERNAL and dialback inside TLS', (t) => {
  const { entity } = only({ namespaces: ['jabber:server'], entity: { dialback: { clear: true } } });
  t.deepEqual(entity.mechanisms, { clear: [], tls: ['EXTERNAL'] });
  t.deepEqual(entity.dialback, { clear: true, tls: true });
});

test('a scenario for both offers each what it is for', (t) => {
  const both = only({ namespaces: ['jabber:client', 'jabber:server'], entity: { credential: 'expired' } });
  t.deepEqual(both.entity.mechanisms.tls, ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN']);
  t.deepEqual(asForServers(both).entity, {
    ...both.entity,
    mechanisms: { clear: [], tls: ['EXTERNAL'] },
    dialback: { clear: false, tls: true },
  });
});

test('what is given in clear leaves the default inside TLS', (t) => {
  const { entity } = only({
    entity: { mechanisms: { clear: ['PLAIN'] }, 'iq-auth': { clear: true }, tls: { max: 'TLSv1.2' } },
  });
  t.deepEqual(entity.mechanisms, { clear: ['PLAIN'], tls: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] });
  t.deepEqual(entity.iqAuth, { clear: true, tls: false });
  t.deepEqual(entity.tls, { min: 'TLSv1.2', max: 'TLSv1.2' });
});

const sessions: [needs: string[], session: 'once' | 'stay'][] = [
  [[], 'once'],
  [['wildcard'], 'once'],
  [['stay'], 'stay'],
  [['answers-iq'], 'stay'],
];
for (const [needs, session] of sessions)
  test(`the session for needs [${needs}]`, (t) => t.is(only({ needs }).session, session));

test('cases are merged: mappings key by key, lists are replaced', (t) => {
  const [one, two, three] = resolveScenarios(
    {
      ...file,
      entity: { mechanisms: { clear: ['PLAIN', 'SCRAM-SHA-1'] }, credential: 'expired' },
      script: [{ on: 'features', do: { drop: true } }],
      expect: { never: { a: 'r-1' } },
      cases: [
        { suffix: 'one' },
        {
          suffix: 'two',
          title: 'Two',
          entity: { mechanisms: { clear: ['PLAIN'], tls: [] } },
          expect: { never: { b: 'r-2' } },
        },
        { suffix: 'three', script: [] },
      ],
    },
    'x.yaml',
  );
  t.is(one?.id, 'a/b-one');
  t.is(one?.title, 'T');
  t.is(two?.id, 'a/b-two');
  t.is(two?.title, 'Two');
  t.deepEqual(two?.entity.mechanisms, { clear: ['PLAIN'], tls: [] });
  t.is(two?.entity.credential, 'expired');
  t.deepEqual(two?.expect.never, { a: 'r-1', b: 'r-2' });
  t.is(two?.script.length, 1);
  t.is(three?.script.length, 0);
  t.deepEqual(one?.entity.mechanisms.clear, ['PLAIN', 'SCRAM-SHA-1'], 'a case changes no other');
});

test('a scenario in JavaScript is the plain object', (t) => {
  t.is(defineScenario(file), file);
});

const keys: [key: string, names: string[]][] = [
  ['online', ['online']],
  ['[ online, closed-by-client ]', ['online', 'closed-by-client']],
  ['[\n  online,\n  closed-by-client\n]', ['online', 'closed-by-client']],
];
for (const [key, names] of keys)
  test(`observations of ${JSON.stringify(key)}`, (t) => t.deepEqual(observationNames(key), names));
