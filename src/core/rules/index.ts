import { doubleSaleAttempt } from './double-sale-attempt.js';
import { handoverOverdue } from './handover-overdue.js';
import { massGained } from './mass-gained.js';
import { notHolder } from './not-holder.js';
import { recordBackupRestored } from './record-backup-restored.js';
import { recordChainBroken } from './record-chain-broken.js';
import { recordDisclosureMismatch } from './record-disclosure-mismatch.js';
import { recordEventAltered } from './record-event-altered.js';
import { recordEventMissing } from './record-event-missing.js';
import { recordFork } from './record-fork.js';
import { recordProjectionDiffers } from './record-projection-differs.js';
import { recordRootMismatch } from './record-root-mismatch.js';
import { recordSignatureInvalid } from './record-signature-invalid.js';
import type { Rule } from './rule.js';
import { siteOverCapacity } from './site-over-capacity.js';
import { tagReused } from './tag-reused.js';

/** Every rule, in the order of the documentation. A new rule is a file and a line here. */
export const rules: readonly Rule[] = [
  recordEventAltered,
  recordEventMissing,
  recordSignatureInvalid,
  recordChainBroken,
  recordRootMismatch,
  recordFork,
  recordProjectionDiffers,
  recordBackupRestored,
  recordDisclosureMismatch,
  handoverOverdue,
  notHolder,
  doubleSaleAttempt,
  tagReused,
  massGained,
  siteOverCapacity,
];

export const ruleById: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.id, rule]));

/** Rules that judge entries and deadlines; the rest judge the stored ledger. */
export const eventRules: readonly Rule[] = rules.filter(({ group }) => group !== 'record');
export const recordRules: readonly Rule[] = rules.filter(({ group }) => group === 'record');
