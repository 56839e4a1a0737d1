import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { AlertFilters } from '../../../core/api/alerts/alert-filters.js';
import type { Language, QuietHours } from '../../../core/api/alerts/subscription.js';

/** Where notifications go, which ones, and how the endpoint fares. */
@Entity('subscriptions')
export class SubscriptionRow {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column({ type: 'text', collation: 'C' }) channel: 'webhook' | 'mail';
  @Column('text', { nullable: true }) url: string | null;
  @Column('text', { nullable: true }) address: string | null;
  @Column('text', { nullable: true }) label: string | null;
  @Column({ type: 'text', collation: 'C', default: 'en' }) language: Language;
  @Column('jsonb', { default: {} }) filters: AlertFilters;
  @Column('integer', { nullable: true }) digest_minutes: number | null;
  @Column('jsonb', { nullable: true }) quiet_hours: QuietHours | null;
  @Column('integer', { nullable: true }) escalation_minutes: number | null;
  @Column('text', { nullable: true }) contact: string | null;
  @Column('boolean', { default: true }) enabled: boolean;
  @Column('integer', { default: 1 }) secret_number: number;
  @Column('timestamptz', { nullable: true }) former_secret_until: Date | null;
  @Column('timestamptz', { default: () => 'now()' }) created_at: Date;
  @Column('integer', { default: 0 }) failures: number;
  @Column('timestamptz', { nullable: true }) failing_since: Date | null;
  @Column('timestamptz', { nullable: true }) paused_until: Date | null;
  @Column('timestamptz', { nullable: true }) disabled_at: Date | null;
  @Column('text', { nullable: true }) disabled_reason: string | null;
  /** The sender that has leased the subscription, and until when at the latest. */
  @Column('uuid', { nullable: true }) claim: string | null;
  @Column('timestamptz', { nullable: true }) claimed_until: Date | null;
  /** An actor, or `@operator`; null: created while the ledger was open. */
  @Column({ type: 'text', collation: 'C', nullable: true }) owner: string | null;
}
