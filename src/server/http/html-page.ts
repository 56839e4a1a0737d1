/** Escapes a text for HTML, also for an attribute between double quotes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Renders text as HTML, with backticks as code and asterisks as emphasis. */
export const proseHtml = (text: string): string =>
  escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*([A-Za-z]+)\*/g, '<em>$1</em>');

/** Renders a complete page that loads no resource, as the service's content security policy requires. */
export const htmlPage = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escapeHtml(title)}</title></head><body>${body}</body></html>\n`;

/** Whether the client asks for HTML by name, as browsers do; a program that accepts anything gets data. */
export const wantsHtml = (accept: string | undefined): boolean => (accept ?? '').includes('text/html');
