import { Injectable } from '@nestjs/common';
import type { Volumes } from '../../core/api/volumes.js';
import { kilograms, milligrams } from '../../core/custody/quantity.js';
import { AditError } from '../../core/errors.js';
import type { Quantity } from '../../core/event/quantity-claims.js';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { registryReach } from '../registry/registry-reach.js';
import { RuleParameters } from '../config/rule-parameters.js';

const DAY = 86_400_000;
const MILLIGRAMS = 1_000_000n;
/** Months in one answer at most, the newest. */
const MONTHS = 60;

interface SiteRow {
  operator: string;
  country: string;
  capacity: { workers: number; kilogramsPerWorkerMonth: Record<string, string> } | null;
}

interface VolumeRow {
  month: string;
  mineral: string;
  lots: number;
  declared: string;
  tagged: string;
}

/** Lists the published monthly mass declared and tagged at a site, with the capacity of the site. */
@Injectable()
export class ListVolumes {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly parameters: RuleParameters,
  ) {}

  /** Lists the volumes of a site. Throws `not-found`, also where they are not published to the viewer. */
  async list(site: string): Promise<Volumes> {
    const { volumesDelayDays: delayDays, volumesBucketKilograms } = this.config;
    const { rows: sites } = await this.database.reads.query<SiteRow>(
      'SELECT capacity, operator, country FROM sites WHERE id = $1',
      [site],
    );
    const { all, actor, country } = await registryReach(this.database.reads);
    // A delay or rounding makes volumes fit for the public; without them only those who supervise the site see them.
    const isPublished = delayDays > 0 || volumesBucketKilograms > 0;
    const isOwn = sites[0] !== undefined && (sites[0].operator === actor || sites[0].country === country);
    if (sites[0] === undefined || !(isPublished || all || isOwn))
      throw new AditError('not-found', `There is no site ${site}.`);
    const { capacity } = sites[0];
    const until = Math.floor((this.clock.now() - delayDays * DAY) / DAY);
    const { rows } = await this.database.reads.query<VolumeRow>(
      `SELECT to_char(date '1970-01-01' + day, 'YYYY-MM') AS month, mineral, count(*) AS lots,
              sum(mass)::text AS declared,
              COALESCE(sum(mass) FILTER (WHERE EXISTS (SELECT FROM tag_uses WHERE tag_uses.lot = site_production.lot)), 0)::text AS tagged
         FROM site_production WHERE site = $1 AND day <= $2
        GROUP BY month, mineral ORDER BY month DESC, mineral LIMIT ${MONTHS}`,
      [site, until],
    );
    const bucket = BigInt(volumesBucketKilograms) * MILLIGRAMS;
    return {
      site,
      delayDays,
      bucket: bucket === 0n ? null : kilograms(bucket),
      items: rows.map(({ month, mineral, lots, declared, tagged }) => ({
        month,
        mineral,
        lots,
        declared: published(BigInt(declared), bucket),
        tagged: published(BigInt(tagged), bucket),
        capacity: this.monthlyCapacity(capacity, mineral),
      })),
    };
  }

  private monthlyCapacity(capacity: SiteRow['capacity'], mineral: string): Quantity | null {
    if (capacity === null) return null;
    const { kilogramsPerWorkerMonth: usual } = this.parameters.asOf(this.clock.now()).siteOverCapacity;
    const each = capacity.kilogramsPerWorkerMonth[mineral] ?? usual[mineral];
    if (each === undefined) return null;
    const mass = milligrams({ value: each, uom: 'KGM' }) * BigInt(capacity.workers);
    return mass === 0n ? null : kilograms(mass);
  }
}

const published = (mass: bigint, bucket: bigint): Quantity | null => {
  if (mass === 0n) return null;
  return kilograms(bucket === 0n ? mass : ((mass + bucket - 1n) / bucket) * bucket);
};
