/** Single keys from a terminal, for as long as somebody waits for them. */
import { emitKeypressEvents } from 'node:readline';

export interface Key {
  /** As readline names it: `return`, `up`, `space`, a letter. */
  name: string;
  ctrl: boolean;
  /** What it types, if anything. */
  text: string;
}

/** What of `process.stdin` is needed. */
export type Keyboard = NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/**
 * From now on keys are not echoed, and Ctrl-C is a key like others. Until the function that is returned is called, or
 * this process ends in any way but SIGKILL: the terminal is as it was then.
 */
export function readKeys(keyboard: Keyboard, onKey: (key: Key) => void): () => void {
  emitKeypressEvents(keyboard);
  const listener = (text: string | undefined, key: { name?: string; ctrl?: boolean }) =>
    onKey({
      name: key.name ?? '',
      ctrl: key.ctrl ?? false,
      text: text !== undefined && /^\P{Cc}+$/u.test(text) ? text : '',
    });
  const restore = () => {
    keyboard.off('keypress', listener);
    keyboard.setRawMode?.(false);
    keyboard.pause();
    process.off('exit', restore);
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  // Node would end without a word to anybody, and leave a terminal behind that echoes nothing.
  const onSignal = () => process.exit(130);
  for (const name of SIGNALS) process.on(name, onSignal);
  process.on('exit', restore);
  keyboard.on('keypress', listener);
  keyboard.setRawMode?.(true);
  keyboard.resume();
  return restore;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
