/** Words for people in a webview: the page brings the translation along, where there is one. */
import { setWords } from '../../src/core/words.ts';

export { t, translated, whole } from '../../src/core/words.ts';

/** Id of the data that `src/host/panels/webview-html.ts` writes into the page. */
const page = typeof document === 'undefined' ? null : document.getElementById('cellscope-words');
if (page?.textContent) setWords(JSON.parse(page.textContent));
