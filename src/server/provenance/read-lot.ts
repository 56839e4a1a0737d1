import { Injectable } from '@nestjs/common';
import { observedBy } from '../../core/access/observed.js';
import { stateOf } from '../../core/custody/lot-state.js';
import type { Lot } from '../../core/custody/view.js';
import type { AsOf, JudgedLotState, LotState } from '../../core/api/lot.js';
import { Database } from '../database/database.js';
import { type LotRow, lotOf } from '../ledger/append/lot-rows.js';
import { LotRights, noLot } from '../ledger/read/lot-rights.js';
import { viewerNow } from '../http/viewing.js';
import { FormerLot } from './former-lot.js';
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
    private readonly rights: LotRights,
    private readonly former: FormerLot,
  ) {}

  /** Reads one lot as far as the viewer may see it. Throws `not-found`. */
  async read(id: string): Promise<JudgedLot> {
    const { until, upstream } = await this.rights.require(id);
    const [asOf, version, { rows }] = await Promise.all([
      this.asOf(),
      this.judgeLot.version(),
      this.database.lookup.query<LotRow>('SELECT * FROM lots WHERE id = $1', [id]),
    ]);
    if (rows[0] === undefined) throw noLot(id);
    const present = lotOf(rows[0]);
    const judgement = await this.judgeLot.judge(id, present.status === 'inTransit', version);
    if (until !== null) {
      const lot = await this.former.lot(id, until);
      const size = Math.min(asOf.size, until + 1);
      const shown = { ...asOf, size, verified: Math.min(asOf.verified, size) };
      return { lot, state: stateOf(lot), judgement: this.judgeLot.within(judgement, id, until), asOf: shown };
    }
    return { lot: present, state: stateOf(present), judgement: await this.shown(judgement, id, upstream), asOf };
  }

  /** Reads the state of a lot of which the viewer itself is or was a party. Throws `not-found` and `not-allowed`. */
  async ofParty(id: string): Promise<LotState> {
    await this.rights.requireOwnPart(id);
    return this.state(id);
  }

  /** Returns a judgement whose findings name only lots that the viewer may see. */
  private async shown(judgement: Judgement, id: string, upstream: boolean): Promise<Judgement> {
    if (viewerNow().kind === 'everyone') return judgement;
    const own = new Set(upstream ? judgement.lots : [id]);
    const others = judgement.findings.flatMap(({ lots }) => lots).filter((lot) => !own.has(lot));
    const visible = others.length === 0 ? new Map() : await this.rights.visible([...new Set(others)]);
    const has = (lot: string): boolean => own.has(lot) || visible.has(lot);
    // Who may not see the ancestors sees no findings on them alone; the verdicts count them.
    const findings = judgement.findings.filter(({ lots }) => upstream || lots.length === 0 || lots.some(has));
    const undecided = judgement.undecided.filter(({ subject }) => upstream || subject.includes(id));
    return { ...judgement, findings: findings.map((finding) => observedBy(finding, { has })), undecided };
  }

  async state(id: string): Promise<JudgedLotState> {
    const { state, judgement, asOf } = await this.read(id);
    return { ...state, verdicts: judgement.verdicts, asOf };
  }

  /** Returns how far the log reaches, how far it is judged, and how old this may be. */
  async asOf(): Promise<AsOf> {
    const { rows } = await this.database.lookup.query<AsOf>(
      'SELECT size, (SELECT next FROM verification_cursor) AS verified FROM log_state',
    );
    const lag = this.database.replica?.lagOfRequest() ?? null;
    return { ...(rows[0] ?? { size: 0, verified: 0 }), ...(lag === null ? {} : { lag }) };
  }
}
