/** The service, loaded by the commands that need it alone: whoever verifies a bundle does not wait for it. */
export const operator = () => import('../server/operator.js');
