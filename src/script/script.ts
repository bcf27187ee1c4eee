/** A script: the list of deviations of one scenario, each addressed by point, phase, connection and endpoint. */
import type { Phase } from '../transcript.ts';
import type { Action } from './action.ts';
import { type ActionName, actions, type Do } from './actions/index.ts';
import type { Point } from './points.ts';

export interface ScriptItem {
  on: Point;
  /** Default: wherever the point occurs. */
  in?: Phase | undefined;
  /** Counted from 1 in the order of arrival on that endpoint; `2+` is every one from the second. Default: all. */
  connection?: number | string | undefined;
  /** The endpoint; default `main`. */
  at?: string | undefined;
  do: Do;
}

export type Script = readonly ScriptItem[];

export interface Place {
  point: Point;
  phase: Phase;
  connection: number;
  endpoint: string;
}

/** The actions that a script has for a place, in the order in which they are applied. */
export function due(script: Script, place: Place): ScriptAction[] {
  return actionsOf(script).filter(({ item }) => matches(item, place));
}

export interface ScriptAction {
  item: ScriptItem;
  index: number;
  name: ActionName;
  action: Action<unknown>;
  params: unknown;
}

/** All actions of a script, numbered. */
export function actionsOf(script: Script): ScriptAction[] {
  const list: ScriptAction[] = [];
  for (const item of script) {
    for (const name of Object.keys(actions) as ActionName[]) {
      if (item.do[name] === undefined) continue;
      list.push({ item, index: list.length, name, action: actions[name] as Action<unknown>, params: item.do[name] });
    }
  }
  return list;
}

/** The first connection, counted from 1, that an item is meant for. */
export function firstConnection(item: ScriptItem): number {
  return item.connection === undefined ? 1 : Number.parseInt(String(item.connection), 10);
}

/** Whether an item is for the how many-th connection of its endpoint. */
export function isMeantFor(item: ScriptItem, connection: number): boolean {
  if (item.connection === undefined) return true;
  const first = firstConnection(item);
  return String(item.connection).endsWith('+') ? connection >= first : connection === first;
}

function matches(item: ScriptItem, place: Place): boolean {
  if (item.on !== place.point || (item.at ?? 'main') !== place.endpoint) return false;
  return (item.in === undefined || item.in === place.phase) && isMeantFor(item, place.connection);
}
