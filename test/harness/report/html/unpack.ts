/** What the page of the HTML report holds packed. */
import { inflateRawSync } from 'node:zlib';

/** The JSON of each block of details. */
export function unpackedBlocks(page: string): string[] {
  return [...page.matchAll(/id="block-\d+">([^<]*)</g)].map(([, packed = '']) =>
    inflateRawSync(Buffer.from(packed, 'base64')).toString(),
  );
}
