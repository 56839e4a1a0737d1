import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last answer of one witness. */
@Entity('witnesses')
export class WitnessRow {
  @PrimaryColumn('text') vkey: string;
  /** Entries of the checkpoint that it cosigned last, as far as is known. */
  @Column('bigint') size: number;
  @Column('text') outcome: string;
  @Column('text') detail: string;
  @Column('timestamptz') asked_at: Date;
}
