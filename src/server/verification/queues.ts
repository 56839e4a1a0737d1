/** Woken after each batch of the log; a job says nothing but that there is something to read. */
export const VERIFICATION_QUEUE = 'verification';
/** Repeating jobs, apart from the other so that a long audit delays no finding. */
export const AUDIT_QUEUE = 'audit';
export const DEADLINES_QUEUE = 'deadlines';
/** Read by `alerts`, which follows `findings.change`; here it is only woken. */
export const ALERTS_QUEUE = 'alerts';
