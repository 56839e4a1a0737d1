import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One whole audit. */
@Entity('audits')
export class AuditRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: number;
  @Column('timestamptz') started_at: Date;
  @Column('integer') milliseconds: number;
  /** The tree that was audited. */
  @Column('bigint') size: number;
  @Column('bytea') root: Buffer;
  @Column('integer') findings: number;
}
