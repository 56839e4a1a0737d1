/** Escapes a text so that it is text in HTML, also in an attribute between double quotes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Text as HTML, with what it marks by backticks as code and by asterisks as stressed. */
export const proseHtml = (text: string): string =>
  escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*([A-Za-z]+)\*/g, '<em>$1</em>');

/** A page on its own: it loads nothing, which the service's content security policy would forbid anyway. */
export const htmlPage = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escapeHtml(title)}</title></head><body>${body}</body></html>\n`;

/** A browser asks for HTML by name; a program that takes anything is given data. */
export const wantsHtml = (accept: string | undefined): boolean => (accept ?? '').includes('text/html');
