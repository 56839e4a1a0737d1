import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { type PublishedPassport, noPassport } from '../../access/passports.js';
import { asViewer } from '../../http/viewing.js';
import { LotRights } from '../../ledger/read/lot-rights.js';
import { MakeBundle } from '../../provenance/make-bundle.js';

/** Bundles for the public at once: those who signed in keep the other places. */
const AT_ONCE = 2;
/** Time after which a reader gives its place to one who has none, ms: a slow one would keep it for hours. */
const KEPT = 20_000;

/** A bundle that is being read. */
interface Place {
  since: number;
  /** Null while the bundle is gathered. */
  stream: Readable | null;
}

/** Makes the evidence of passports whose publishers let everyone have it. */
@Injectable()
export class PassportEvidence {
  /** The places that are taken, the longest first. */
  private readonly places = new Set<Place>();
  /** For tests: milliseconds for which a reader keeps its place although others ask. */
  kept = KEPT;

  constructor(
    private readonly bundles: MakeBundle,
    private readonly rights: LotRights,
  ) {}

  /** Makes the bundle without any disclosure. Throws `not-found` where it is not published, and `overloaded`. */
  make({ lot, evidence, viewer }: PublishedPassport): Promise<Readable> {
    if (!evidence) throw noPassport();
    const place = this.take();
    const end = (): void => void this.places.delete(place);
    return asViewer(viewer, async () => {
      try {
        await this.rights.requireWhole(lot);
        place.stream = await this.bundles.make(lot, { opening: null, sealed: false, continues: [] });
        return place.stream.once('close', end);
      } catch (error) {
        end();
        throw error;
      }
    });
  }

  /** Takes a place; where all are taken, that of the reader who has had one for too long. Throws `overloaded`. */
  private take(): Place {
    const now = performance.now();
    if (this.places.size >= AT_ONCE) {
      const slow = [...this.places].find(({ since, stream }) => stream !== null && now - since >= this.kept);
      if (slow === undefined)
        throw new AditError('overloaded', 'The limit of concurrent bundles is reached; try again shortly.');
      slow.stream?.destroy(new Error('The bundle was read too slowly while others waited for it.'));
      this.places.delete(slow);
    }
    const place: Place = { since: now, stream: null };
    this.places.add(place);
    return place;
  }
}
