/** Escapes a text for HTML, also for an attribute between double quotes. */
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Renders text as HTML, with backticks as code and asterisks as emphasis. */
export const proseHtml = (text: string): string =>
  escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*([A-Za-z]+)\*/g, '<em>$1</em>');

/** Renders a complete page that loads no resource, as the service's content security policy requires. */
export const htmlPage = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escapeHtml(title)}</title></head><body>${body}</body></html>\n`;

/** Returns how much a reader wants a media type that it names, 0 to 1 (RFC 9110 §12.5.1); 0 where it does not name it. */
function preference(accept: string, type: string): number {
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0;
  }
  return 0;
}

/** Whether the client asks for HTML by name, as browsers do; a program that accepts anything, or JSON rather, gets data. */
export function wantsHtml(accept = ''): boolean {
  const html = preference(accept, 'text/html');
  return html > 0 && html >= preference(accept, 'application/json');
}
