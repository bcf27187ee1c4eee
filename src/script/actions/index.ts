/** The actions by the name that a scenario file gives them. In the order in which one item's actions are applied. */
import { add } from './add.ts';
import { alert } from './alert.ts';
import { answer } from './answer.ts';
import { attributes } from './attributes.ts';
import { close } from './close.ts';
import { drop } from './drop.ts';
import { endTls } from './end-tls.ts';
import { forge } from './forge.ts';
import { inject } from './inject.ts';
import { join } from './join.ts';
import { mechanisms } from './mechanisms.ts';
import { negotiate } from './negotiate.ts';
import { order } from './order.ts';
import { prefix } from './prefix.ts';
import { present } from './present.ts';
import { record } from './record.ts';
import { remove } from './remove.ts';
import { rename } from './rename.ts';
import { renegotiate } from './renegotiate.ts';
import { replace } from './replace.ts';
import { reset } from './reset.ts';
import { resume } from './resume.ts';
import { rewrite } from './rewrite.ts';
import { scram } from './scram.ts';
import { set } from './set.ts';
import { signature } from './signature.ts';
import { split } from './split.ts';
import { spoil } from './spoil.ts';
import { stall } from './stall.ts';
import { stayInClear } from './stay-in-clear.ts';

export const actions = {
  answer,
  spoil,
  mechanisms,
  scram,
  signature,
  remove,
  add,
  rename,
  attributes,
  prefix,
  set,
  order,
  replace,
  drop,
  inject,
  present,
  negotiate,
  resume,
  rewrite,
  forge,
  alert,
  'stay-in-clear': stayInClear,
  renegotiate,
  record,
  'end-tls': endTls,
  close,
  reset,
  stall,
  join,
  split,
};

export type ActionName = keyof typeof actions;

type ParamsOf<A> = A extends { apply(moment: never, params: infer P): boolean } ? P : never;

/** What stands behind `do:`: one action or several, applied in the table's order. */
export type Do = { [Name in ActionName]?: ParamsOf<(typeof actions)[Name]> | undefined };
