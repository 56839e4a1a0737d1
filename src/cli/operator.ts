/** Loads the service, for the commands that need it; commands such as `verify` start faster without it. */
export const operator = () => import('../server/operator.js');
