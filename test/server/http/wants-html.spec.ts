import { describe, expect, it } from '@jest/globals';
import { wantsHtml } from '../../../src/server/http/wants-html.js';

describe('a page', () => {
  it('is for whoever asks for HTML by name', () => {
    expect(wantsHtml('text/html,application/xhtml+xml,*/*;q=0.8')).toBe(true);
    expect(wantsHtml('application/json;q=0.9, TEXT/HTML')).toBe(true);
    const programs = [undefined, '*/*', 'application/json', 'application/json, text/html;q=0.5', 'text/html;q=0, */*'];
    expect(programs.map((accept) => wantsHtml(accept))).toEqual(programs.map(() => false));
  });
});
