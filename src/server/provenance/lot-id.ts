import * as z from 'zod';

/** Parameter of a path that names a lot. */
export const lotId = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a lot id');
