import { Injectable } from '@nestjs/common';
import { corrected } from '../../../core/custody/corrections.js';
import { AditError } from '../../../core/errors.js';
import type { AditEvent } from '../../../core/event/event.js';
import { correctableClaims } from '../../../core/event/correctable.js';
import { fieldsOf } from '../../../core/event/fields.js';
import { references } from '../../../core/event/references.js';
import { type CorrectData, textOfClaim } from '../../../web/desk/corrections.js';
import type { FormData } from '../../../web/desk/desk-data.js';
import { Database } from '../../database/database.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { ReadEvent } from '../../ledger/read/read-event.js';
import { rereadEntry } from '../../ledger/read/reread-event.js';
import { loadCorrections } from '../../registry/attestation-rows.js';

/** Gathers what the pages work with on which an event is corrected or disputed. */
@Injectable()
export class GatherEvents {
  constructor(
    private readonly events: ReadEvent,
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
  ) {}

  /** Gathers the claims that the signer of an event may correct, as they are in force. Throws `not-found` and `not-allowed`. */
  async correct(actor: string, id: string): Promise<{ type: string; data: CorrectData }> {
    const event = await this.read(id);
    if (event.iss !== actor) throw new AditError('not-allowed', 'Only the signer of an event corrects it.');
    const corrections = await loadCorrections(this.database.lookup, [id], Number.MAX_SAFE_INTEGER);
    const { type, payload } = corrected(event, corrections.get(id) ?? []);
    const claims = correctableClaims(type, payload);
    const shown = claims.map((claim) => ({ ...claim, shown: textOfClaim(claim) }));
    return { type, data: { event: id, claims: shown } };
  }

  /** Gathers the form by which an actor disputes an event that names it. Throws `not-found` and `not-allowed`. */
  async dispute(actor: string, id: string): Promise<FormData> {
    if (!references(await this.read(id)).actors.includes(actor))
      throw new AditError('not-allowed', 'Only an actor that an event names disputes it.');
    return {
      type: 'event.disputed',
      fields: fieldsOf('event.disputed').filter(({ claim }) => claim !== 'event'),
      first: ['ground'],
      rows: {},
      lots: [],
      unit: 'kg',
      limits: null,
      balances: false,
      skipsEmpty: false,
      fixed: { event: id },
    };
  }

  /** Returns an event as its actor may see it. Throws `not-found`. */
  private async read(id: string): Promise<AditEvent> {
    const { event: text } = await this.events.event(id);
    const [jws = ''] = text.split('~');
    return rereadEntry(jws, this.identity.origin);
  }
}
