import { Injectable } from '@nestjs/common';
import { readCheckpoint } from '../../../core/log/checkpoint.js';
import type { PassportData } from '../../../core/api/access/passport.js';
import type { LotData } from '../../../web/explorer/lot-data.js';
import { handedOnIn, passportSteps, placesOf } from '../../../web/passport/passport.js';
import type { PublishedPassport } from '../../access/passports.js';
import { asViewer } from '../../http/viewing.js';
import { ReadLog } from '../../ledger/read/read-log.js';
import { ListCountries } from '../../provenance/list-countries.js';
import { ReadLot } from '../../provenance/read-lot.js';
import { ShowCheckpoint } from '../../transparency/show-checkpoint.js';
import { TellLot } from '../tell-lot.js';

/** Gathers what a passport shows: of what its publisher sees, that which everyone may know. */
@Injectable()
export class TellPassport {
  constructor(
    private readonly story: TellLot,
    private readonly lots: ReadLot,
    private readonly countries: ListCountries,
    private readonly checkpoints: ShowCheckpoint,
    private readonly log: ReadLog,
  ) {}

  tell(passport: PublishedPassport): Promise<PassportData> {
    return asViewer(passport.viewer, async () => {
      const [told, checkpoint, { verified }] = await Promise.all([
        this.story.tell(passport.lot, 'en'),
        this.checkpoints.newest(),
        this.lots.asOf(),
      ]);
      const { origin, size, root } = readCheckpoint(checkpoint.note);
      return {
        ...passportOf(passport),
        ...(await this.contents(told, passport)),
        asOf: new Date((await this.log.recordedAt(size)) ?? told.now).toISOString(),
        log: origin,
        size,
        verified: Math.min(verified, size),
        root: Buffer.from(root).toString('base64'),
      };
    });
  }

  private async contents({ lot, report, story, findings }: LotData, { code, viewer }: PublishedPassport) {
    const { sites, facilities } = placesOf(story);
    const origins = report.origins.map(({ site }) => site);
    const known = await this.countries.of({ sites: [...sites, ...origins], facilities });
    const countries = new Set(origins.flatMap((site) => known.sites.get(site) ?? []));
    return {
      name: lot.tags[0] ?? lot.lotNumber ?? code,
      mineral: lot.mineral,
      form: lot.form,
      mass: lot.mass,
      countries: [...countries].toSorted((a, b) => a.localeCompare(b)),
      verdicts: lot.verdicts,
      tracedToSite: report.coverage.tracedToSite,
      hands: new Set(story.holdings.map(({ holder }) => holder)).size,
      findings: findings.filter(({ counts }) => counts).length,
      steps: passportSteps(
        story,
        lot.id,
        (place) => known.sites.get(place?.site ?? '') ?? known.facilities.get(place?.facility ?? '') ?? null,
      ),
      handedOn: viewer.until === null ? null : handedOnIn(story),
    };
  }
}

const passportOf = ({ code, url, evidence }: PublishedPassport) => ({
  code,
  url,
  evidence: evidence ? `/v1/passports/${code}/evidence` : null,
});
