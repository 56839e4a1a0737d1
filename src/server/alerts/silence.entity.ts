import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { AlertFilters } from '../../core/api/alerts/alert-filters.js';

/** A silence: alerts of which kind subscribers are not notified of, until when, and why. */
@Entity('silences')
export class SilenceRow {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column('jsonb') filters: AlertFilters;
  @Column('text') reason: string;
  @Column('text', { nullable: true }) by_whom: string | null;
  @Column('timestamptz') until: Date;
  @Column('timestamptz', { default: () => 'now()' }) created_at: Date;
  @Column('timestamptz', { nullable: true }) ended_at: Date | null;
  @Column('text', { nullable: true }) ended_by: string | null;
  /** An actor, or `@operator`; null: created while the ledger was open. */
  @Column({ type: 'text', collation: 'C', nullable: true }) owner: string | null;
}
