export type { ServeOptions } from '../server/serve.js';

/** Loads the service, for the commands that need it; commands such as `verify` start faster without it. */
export const operator = () => import('../server/operator.js');

/** Loads what starts the service, which loads the rest while the embedded PostgreSQL starts. */
export const service = () => import('../server/serve.js');
