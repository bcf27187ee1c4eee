/** `npm run build`: writes the script and the style of the HTML report for those who have no sources. */
import { emitPage } from './build-page.ts';
import { PAGE_FILE } from './page-files.ts';

await emitPage(new URL('../../../../harness/report/html/page/', import.meta.url), PAGE_FILE);
