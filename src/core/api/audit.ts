/** A whole audit of the stored ledger, as people see it. */
export interface AuditSummary {
  /** RFC 3339. */
  startedAt: string;
  milliseconds: number;
  /** Entries of the log that were audited. */
  size: number;
  /** Faults that were found. */
  findings: number;
}
