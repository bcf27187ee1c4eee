import test from 'ava';
import { loadScenarios } from '../../../harness/scenario/load.ts';

const { scenarios } = await loadScenarios();

/** The bugs of clients that were published: for each there is a scenario, and a fault of the reference client that has it. */
const known: [string, string][] = [
  ['CVE-2016-10027 (Smack)', 'races-features'],
  ['twisted #9206', 'continues-in-clear'],
  ['XMPPFramework #332', 'continues-in-clear'],
  ['node-xmpp #329', 'continues-in-clear'],
  ['go-xmpp #36', 'continues-in-clear'],
  ['go-xmpp #110', 'continues-in-clear'],
  ['Psi #150', 'sasl-before-tls'],
  ['fabiang/xmpp #88', 'sasl-before-tls'],
  ['xmpp.js #471', 'sasl-before-tls'],
  ['MongooseIM #498 (Gajim on Windows)', 'sasl-before-tls'],
  ['xabber #451', 'skips-name'],
  ['ChatSecure #1079', 'skips-name'],
  ['CVE-2022-24968 (mellium)', 'skips-name'],
  ['CVE-2022-45197 (slixmpp)', 'skips-name'],
  ['xmpp.js #933', 'skips-name'],
  ['matterbridge #834', 'skips-name'],
  ['MongooseIM #304', 'compresses-in-clear'],
  ['pontarius #51', 'follows-redirect'],
  ['profanity #1628', 'follows-redirect'],
  ['blackbox-exporter #22', 'follows-redirect'],
  ['siskin #217', 'privacy-from'],
  ['xmpp.js #100', 'no-reply-in-clear'],
  ['openssl #3980', 'stall-in-clear'],
  ['profanity #905', 'plain-after-failure'],
  ['profanity #905', 'iq-auth-after-failure'],
  ['cyrus-sasl #815', 'low-iterations'],
  ['xeps #69', 'skips-signature-check'],
  ['xeps #69', 'early-success'],
  ['ponylang/postgres #204', 'empty-success'],
  ['jabber.ru 2023', 'unbound-after-failure'],
];

for (const [bug, fault] of known) {
  test(`${bug} is re-enacted by ${fault}`, (t) => {
    const own = scenarios.filter(({ seenIn }) => seenIn.includes(bug));
    t.true(own.some(({ caughtBy }) => caughtBy.includes(fault)));
  });
}
