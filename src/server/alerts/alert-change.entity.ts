import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AlertStatus } from '../../core/api/alerts/alert.js';

/** What a person decided about an alert, and why. */
@Entity('alert_changes')
export class AlertChangeRow {
  @PrimaryColumn('uuid') alert: string;
  /** Number of the alert after the change; unique over all alerts. */
  @PrimaryColumn('bigint') number: number;
  @Column('timestamptz', { default: () => 'now()' }) at: Date;
  @Column({ type: 'text', collation: 'C' }) status: AlertStatus;
  @Column('text', { nullable: true }) by_whom: string | null;
  @Column('text', { nullable: true }) note: string | null;
  @Column('text', { array: true, default: '{}' }) evidence: string[];
  @Column('text', { nullable: true }) assignee: string | null;
  /** An actor, whose state of the alert this is; null and `@operator`: it is that of the alert itself. */
  @Column({ type: 'text', collation: 'C', nullable: true }) owner: string | null;
}
