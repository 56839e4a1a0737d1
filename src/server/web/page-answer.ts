/** Describes the answer of a route that is a page. */
export const PAGE = { type: 'string', example: '<!doctype html>' } as const;
/** Media types of a page whose table can be had as a file. */
export const PAGE_OR_FILE = ['text/html', 'text/csv'] as const;
