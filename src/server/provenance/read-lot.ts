import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { type Quantity, kilograms } from '../../core/custody/quantity.js';
import type { Grade, Lot, LotStatus, OriginBasis } from '../../core/custody/view.js';
import { Database } from '../database/database.js';
import { type LotRow, lotOf } from '../ledger/lot-rows.js';
import { JudgeLot, type Judgement, type Verdicts } from './judge-lot.js';

/** As of which entry an answer speaks: `size` in the log, `verified` of them judged by the workers. */
export interface AsOf {
  size: number;
  verified: number;
}

export interface Origin {
  site: string;
  mass: Quantity;
}

export interface LotState {
  id: string;
  status: LotStatus;
  holder: string;
  inTransitTo: string | null;
  onHold: boolean;
  head: string;
  mineral: string;
  form: string;
  mass: Quantity;
  moisturePercent: string | null;
  grades: Grade[];
  tags: string[];
  model: string | null;
  lotNumber: string | null;
  origins: Origin[];
  originsBy: OriginBasis;
}

export interface JudgedLot {
  lot: Lot;
  state: LotState;
  judgement: Judgement;
  asOf: AsOf;
}

/** Parts per million as a percentage without needless zeros: 60000 is "6". */
export function percent(ppm: number): string {
  const fraction = String(ppm % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return `${Math.floor(ppm / 10_000)}${fraction === '' ? '' : `.${fraction}`}`;
}

export const stateOf = (lot: Lot): LotState => ({
  id: lot.id,
  status: lot.status,
  holder: lot.holder,
  inTransitTo: lot.inTransitTo,
  onHold: lot.holds.length > 0,
  head: lot.head,
  mineral: lot.mineral,
  form: lot.form,
  mass: kilograms(lot.mass),
  moisturePercent: lot.moisture === null ? null : percent(lot.moisture),
  grades: lot.grades,
  tags: lot.tags,
  model: lot.model,
  lotNumber: lot.lotNumber,
  origins: lot.origins.map(({ site, mass }) => ({ site, mass: kilograms(mass) })),
  originsBy: lot.originsBy,
});

/** Reads a lot's present state with its verdicts. */
@Injectable()
export class ReadLot {
  constructor(
    private readonly database: Database,
    private readonly judgeLot: JudgeLot,
  ) {}

  /** Throws `not-found`. */
  async read(id: string): Promise<JudgedLot> {
    const asOf = await this.asOf();
    const { rows } = await this.database.pool.query<LotRow>('SELECT * FROM lots WHERE id = $1', [id]);
    if (rows[0] === undefined) throw new AditError('not-found', `There is no lot ${id}.`);
    const lot = lotOf(rows[0]);
    return { lot, state: stateOf(lot), judgement: await this.judgeLot.judge(id, lot.status === 'inTransit'), asOf };
  }

  async state(id: string): Promise<LotState & { verdicts: Verdicts; asOf: AsOf }> {
    const { state, judgement, asOf } = await this.read(id);
    return { ...state, verdicts: judgement.verdicts, asOf };
  }

  private async asOf(): Promise<AsOf> {
    const { rows } = await this.database.pool.query<AsOf>(
      'SELECT size, (SELECT next FROM verification_cursor) AS verified FROM log_state',
    );
    return rows[0] ?? { size: 0, verified: 0 };
  }
}
