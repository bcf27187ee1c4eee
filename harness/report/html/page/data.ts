/** What the page holds: the index at once, details block by block where they are wanted. */
import type { Details, Index } from '../model.ts';
import { byId } from './dom.ts';

export function readIndex(): Index {
  return JSON.parse(byId('index').textContent ?? '');
}

/** @throws where the browser cannot unpack. */
export async function detailsAt(row: number, { perBlock }: Index): Promise<Details> {
  const block = await blockAt(Math.floor(row / perBlock));
  const details = block[row % perBlock];
  if (!details) throw new Error(`There are no details of row ${row}.`);
  return details;
}

let last: { number: number; details: Promise<Details[]> } | null = null;

function blockAt(number: number): Promise<Details[]> {
  if (last?.number !== number) last = { number, details: unpacked(byId(`block-${number}`).textContent ?? '') };
  return last.details;
}

async function unpacked(base64: string): Promise<Details[]> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}
