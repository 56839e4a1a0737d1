import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { stateOf } from '../../core/custody/lot-state.js';
import type { Lot } from '../../core/custody/view.js';
import type { AsOf, JudgedLotState, LotState } from '../../core/api/lot.js';
import { Database } from '../database/database.js';
import { type LotRow, lotOf } from '../ledger/append/lot-rows.js';
import { JudgeLot, type Judgement } from './judge-lot.js';

export interface JudgedLot {
  lot: Lot;
  state: LotState;
  judgement: Judgement;
  asOf: AsOf;
}

/** Reads a lot's present state with its verdicts. */
@Injectable()
export class ReadLot {
  constructor(
    private readonly database: Database,
    private readonly judgeLot: JudgeLot,
  ) {}

  /** Reads one lot. Throws `not-found`. */
  async read(id: string): Promise<JudgedLot> {
    const asOf = await this.asOf();
    const { rows } = await this.database.lookup.query<LotRow>('SELECT * FROM lots WHERE id = $1', [id]);
    if (rows[0] === undefined) throw new AditError('not-found', `There is no lot ${id}.`);
    const lot = lotOf(rows[0]);
    return { lot, state: stateOf(lot), judgement: await this.judgeLot.judge(id, lot.status === 'inTransit'), asOf };
  }

  async state(id: string): Promise<JudgedLotState> {
    const { state, judgement, asOf } = await this.read(id);
    return { ...state, verdicts: judgement.verdicts, asOf };
  }

  private async asOf(): Promise<AsOf> {
    const { rows } = await this.database.lookup.query<AsOf>(
      'SELECT size, (SELECT next FROM verification_cursor) AS verified FROM log_state',
    );
    return rows[0] ?? { size: 0, verified: 0 };
  }
}
