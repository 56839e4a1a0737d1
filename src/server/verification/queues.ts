/** Woken after each batch of the log; its jobs carry no data. */
export const VERIFICATION_QUEUE = 'verification';
/** Repeating jobs in a separate queue, so that a long audit delays no finding. */
export const AUDIT_QUEUE = 'audit';
export const DEADLINES_QUEUE = 'deadlines';
/** Queue of `alerts`, which reads `findings.change`; verification only wakes it. */
export const ALERTS_QUEUE = 'alerts';
