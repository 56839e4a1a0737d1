import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { type PublishedPassport, noPassport } from '../../access/passports.js';
import { asViewer } from '../../http/viewing.js';
import { LotRights } from '../../ledger/read/lot-rights.js';
import { MakeBundle } from '../../provenance/make-bundle.js';

/** Bundles for the public at once: those who signed in keep the other places. */
const AT_ONCE = 2;

/** Makes the evidence of passports whose publishers let everyone have it. */
@Injectable()
export class PassportEvidence {
  private making = 0;

  constructor(
    private readonly bundles: MakeBundle,
    private readonly rights: LotRights,
  ) {}

  /** Makes the bundle without any disclosure. Throws `not-found` where it is not published, and `overloaded`. */
  make({ lot, evidence, viewer }: PublishedPassport): Promise<Readable> {
    if (!evidence) throw noPassport();
    if (this.making >= AT_ONCE)
      throw new AditError('overloaded', 'The limit of concurrent bundles is reached; try again shortly.');
    this.making += 1;
    const ended = (): void => {
      this.making -= 1;
    };
    return asViewer(viewer, async () => {
      try {
        await this.rights.requireWhole(lot);
        const stream = await this.bundles.make(lot, { opening: null, sealed: false, continues: [] });
        return stream.once('close', ended);
      } catch (error) {
        ended();
        throw error;
      }
    });
  }
}
