import { describe, expect, it } from '@jest/globals';
import { htmlPage, proseHtml, wantsHtml } from '../../../src/server/http/html-page.js';

describe('writing a page', () => {
  it('lets no text become markup', () => {
    expect(proseHtml('<img src="x" onerror=a> & *b*')).toBe('&#60;img src=&#34;x&#34; onerror=a&#62; &#38; <em>b</em>');
    expect(proseHtml('`<b>` and 2 * 3 * 4')).toBe('<code>&#60;b&#62;</code> and 2 * 3 * 4');
    expect(htmlPage('`</title><script>', '')).toContain('<title>`&#60;/title&#62;&#60;script&#62;</title>');
  });

  it('is for whoever asks for HTML by name', () => {
    expect(wantsHtml('text/html,application/xhtml+xml,*/*;q=0.8')).toBe(true);
    expect(wantsHtml('application/json;q=0.9, TEXT/HTML')).toBe(true);
    const programs = [undefined, '*/*', 'application/json', 'application/json, text/html;q=0.5', 'text/html;q=0, */*'];
    expect(programs.map((accept) => wantsHtml(accept))).toEqual(programs.map(() => false));
  });
});
