import { AlertChangeRow } from '../alerts/alert-change.entity.js';
import { SilenceRow } from '../alerts/silence.entity.js';
import { SubscriptionRow } from '../delivery/subscriptions/subscription.entity.js';
import { WitnessRow } from '../transparency/witnesses/witness.entity.js';
import { AuditRow } from '../verification/audit/audit.entity.js';

/** The rows that the service creates, lists and changes one at a time. Sets of rows are read and written by SQL. */
export const entities = [AlertChangeRow, AuditRow, SilenceRow, SubscriptionRow, WitnessRow];
