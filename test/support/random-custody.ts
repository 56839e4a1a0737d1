import type { TestLedger } from './test-ledger.js';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const HOUR = 3_600_000;
const CUSTODY = /^(lot\.(declared|measured|split|aggregated)|custody\.)/;
const kg = (value: number): { value: string; uom: string } => ({ value: value.toFixed(1), uom: 'KGM' });

interface LotNow {
  id: string;
  status: 'held' | 'inTransit' | 'consumed' | 'closed';
  holder: string;
  to: string | null;
  held: boolean;
  head: string;
  kilograms: number;
}

/** A step of a story: what is signed, or null where there is nothing to do it with. */
type Move = (world: RandomCustody, lots: LotNow[]) => Promise<string | null>;

/**
 * Plays stories of custody into a ledger, drawn from a seed: honest moves, mistakes, frauds, strangers, authorities. What
 * admission refuses is part of a story.
 */
export class RandomCustody {
  private readonly next: () => number;
  /** Lots of this story. */
  readonly lots: string[] = [];
  private readonly disputable: string[] = [];
  private readonly disputes: string[] = [];
  private readonly incidents: string[] = [];
  private tags = 0;

  constructor(
    private readonly ledger: TestLedger,
    readonly seed: number,
  ) {
    this.next = numbers(seed);
  }

  /** Plays one step; returns what was done, for messages of tests. */
  async step(): Promise<string> {
    for (let tries = 0; tries < 50; tries += 1) {
      const lots = await this.now();
      const move = this.lots.length === 0 ? declare : this.pick(moves);
      const done = await move(this, lots);
      if (done !== null) return done;
    }
    throw new Error('No move can be made.');
  }

  async now(): Promise<LotNow[]> {
    const rows = await this.ledger.database.rows<LotNow & { mass: string }>(
      `SELECT id, status, holder, in_transit_to AS to, head, holds <> '{}' AS held, mass::text AS mass
         FROM lots WHERE id = ANY($1::uuid[]) ORDER BY born_index, id`,
      [this.lots],
    );
    return rows.map(({ mass, ...lot }) => ({ ...lot, kilograms: Number(mass) / 1_000_000 }));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }

  /** Up to `most` of the lots, at least one where there is one. */
  some<T>(list: readonly T[], most = 4): T[] {
    const count = 1 + Math.floor(this.next() * Math.min(most, list.length));
    return list
      .map((item) => ({ item, at: this.next() }))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, count)
      .map(({ item }) => item);
  }

  /** A tag of the series, now and then one that has been used. */
  tag(): string {
    if (!this.chance(0.1)) this.tags += 1;
    return `SYN-M-${4411 + ((this.seed * 7 + this.tags) % 90)}`;
  }

  async submit(type: string, by: string, body: Record<string, unknown>): Promise<string | null> {
    this.ledger.clock.advance(60_000);
    const device = CUSTODY.test(type) && this.chance(0.3) ? { device: this.pick(['phone', 'tablet']) } : {};
    const outcome = await this.ledger.submit(type, by, { ...body, ...device });
    if (outcome.status === 'accepted') {
      this.lots.push(...outcome.lots);
      if (type === 'custody.received' || type === 'custody.dispatched') this.disputable.push(outcome.id);
      if (type === 'event.disputed') this.disputes.push(outcome.id);
      if (type === 'incident.reported') this.incidents.push(outcome.id);
      return `${type} by ${by}`;
    }
    return `${type} by ${by}: ${outcome.status === 'refused' ? outcome.error.code : outcome.status}`;
  }

  async wait(hours: number): Promise<string> {
    this.ledger.clock.advance(hours * HOUR);
    await this.ledger.deadlines().judge();
    return `${hours} h pass`;
  }

  async dispute(): Promise<string | null> {
    if (this.disputes.length > 0 && this.chance(0.5)) {
      const dispute = this.disputes.pop() as string;
      return this.submit('event.settled', 'agent', { dispute, settlement: 'withdrawn', reason: 'agreed' });
    }
    if (this.disputable.length === 0) return null;
    return this.submit('event.disputed', 'coop', { event: this.pick(this.disputable), ground: 'not so' });
  }

  async incident(lots: readonly LotNow[]): Promise<string | null> {
    if (this.incidents.length > 0 && this.chance(0.6)) {
      const incident = this.incidents.pop() as string;
      return this.submit('incident.updated', 'agent', { incident, status: 'closed', outcome: 'unfounded' });
    }
    const about = this.pick<Record<string, unknown>>([
      { lots: this.some(lots).map(({ id }) => id) },
      { sites: ['hill'] },
      { actors: ['trader'] },
    ]);
    return this.submit('incident.reported', this.pick(['agent', 'mallory']), {
      category: 'theft',
      level: 2,
      ...about,
    });
  }

  async answer(): Promise<string | null> {
    const open = await this.ledger.database.rows<{ id: string; rule: string }>(
      "SELECT id, rule FROM findings WHERE status = 'open' AND lots && $1::uuid[] ORDER BY rule, subject, cause",
      [this.lots],
    );
    if (open.length === 0) return null;
    const { id, rule } = this.pick(open);
    const by = this.pick(['agent', 'coop', 'trader', 'mallory']);
    const answer = this.pick(['explain', 'dismiss', 'close']);
    const done = await this.submit('finding.answered', by, { finding: id, answer, reason: 'looked into' });
    return `${done} (${answer} ${rule})`;
  }
}

const held = (lots: readonly LotNow[]): LotNow[] => lots.filter(({ status }) => status === 'held');
const under = (lots: readonly LotNow[]): LotNow[] => lots.filter(({ status }) => status === 'inTransit');
const links = (lots: readonly LotNow[]): { lot: string }[] => lots.map(({ id }) => ({ lot: id }));

/** The lots in a state that one holder, drawn from them, has. */
function ofOne(world: RandomCustody, lots: readonly LotNow[]): LotNow[] {
  if (lots.length === 0) return [];
  const { holder } = world.pick(lots);
  return lots.filter((lot) => lot.holder === holder);
}

/** Who dug it, and where it was declared: often a person, now and then far from the last place. */
function dugBy(world: RandomCustody): Record<string, unknown> {
  if (world.chance(0.5)) return { place: { site: 'hill' } };
  const person = { id: world.pick(['P-1', 'P-2']), ...(world.chance(0.5) ? { card: world.pick(['C-1', 'C-2']) } : {}) };
  const place = world.chance(0.3) ? { site: 'hill', lat: '-1.2', lon: '29.6' } : { site: 'hill' };
  return { place, ...(world.chance(0.5) ? { person } : { holder: 'trader', method: 'panning' }) };
}

const declare: Move = (world) => {
  const dug = dugBy(world);
  return world.submit('lot.declared', dug.holder === undefined ? 'coop' : 'agent', {
    ...dug,
    outputs: Array.from({ length: world.pick([1, 2, 3, 4]) }, () => ({
      mineral: 'cassiterite',
      form: 'concentrate',
      mass: kg(world.pick([41.3, 46.2, 48.6, 52.9])),
      ...(world.chance(0.7) ? { moisturePercent: world.pick(['5.0', '7.0']) } : {}),
      ...(world.chance(0.6) ? { tags: [world.tag()] } : {}),
    })),
  });
};

const dispatch: Move = async (world, lots) => {
  const mine = ofOne(world, held(lots));
  if (mine.length === 0) return null;
  const by = mine[0]?.holder ?? '';
  const to = world.pick(['trader', 'mallory', 'coop'].filter((other) => other !== by));
  return world.submit('custody.dispatched', by, { to, lots: links(world.chance(0.5) ? mine : world.some(mine)) });
};

const receive: Move = async (world, lots) => {
  const coming = ofOne(world, under(lots));
  if (coming.length === 0) return null;
  const { to, holder, head } = world.pick(coming);
  const sent = coming.filter((lot) => lot.head === head);
  const here = world.chance(0.7) ? sent : world.some(sent);
  return world.submit('custody.received', to ?? '', {
    from: holder,
    lots: here.map(({ id, kilograms }) =>
      world.chance(0.3)
        ? { lot: id, outcome: 'rejected' }
        : { lot: id, mass: kg(kilograms * world.pick([1, 1, 0.999, 0.93, 1.08])) },
    ),
  });
};

const split: Move = async (world, lots) => {
  const mine = held(lots);
  if (mine.length === 0) return null;
  const lot = world.pick(mine);
  const half = lot.kilograms / 2;
  const outputs = [{ mass: kg(half) }, { mass: kg(half * world.pick([1, 1, 1.1])) }];
  return world.submit('lot.split', lot.holder, { inputs: [{ lot: lot.id }], outputs });
};

const aggregate: Move = async (world, lots) => {
  const mine = world.some(ofOne(world, held(lots)));
  if (mine.length < 2) return null;
  const total = mine.reduce((sum, { kilograms }) => sum + kilograms, 0);
  const outputs = [{ mass: kg(total * world.pick([1, 1, 1.05])) }];
  return world.submit('lot.aggregated', mine[0]?.holder ?? '', { inputs: links(mine), outputs });
};

const measure: Move = async (world, lots) => {
  const mine = world.some(ofOne(world, held(lots)), 2);
  if (mine.length === 0) return null;
  const measured = mine.map(({ id, kilograms }) => ({ lot: id, mass: kg(kilograms * world.pick([1, 0.97, 1.03])) }));
  return world.submit('lot.measured', mine[0]?.holder ?? '', { lots: measured });
};

const close: Move = async (world, lots) => {
  const mine = held(lots);
  if (mine.length < 3) return null;
  const lot = world.pick(mine);
  const why = world.pick([
    { reason: 'sold to end use' },
    { reason: 'duplicate' },
    { reason: 'two phones', duplicateOf: world.pick(lots.filter(({ id }) => id !== lot.id)).id },
  ]);
  return world.submit('lot.closed', lot.holder, { lots: [{ lot: lot.id }], ...why });
};

const recall: Move = async (world, lots) => {
  const coming = ofOne(world, under(lots));
  if (coming.length === 0) return null;
  await world.wait(world.pick([20, 100]));
  return world.submit('custody.recalled', coming[0]?.holder ?? '', { lots: links(world.some(coming)), reason: 'late' });
};

/** Somebody moves what it does not have, alone or together with what it has. */
const steal: Move = async (world, lots) => {
  if (lots.length === 0) return null;
  const lot = world.pick(lots);
  const by = world.pick(['mallory', 'trader', 'coop'].filter((other) => other !== lot.holder));
  const own = held(lots).filter(({ holder, id }) => holder === by && id !== lot.id);
  const taken = links([...(world.chance(0.5) ? own.slice(0, 1) : []), lot]);
  return world.submit('custody.dispatched', by, { to: by === 'mallory' ? 'trader' : 'mallory', lots: taken });
};

const hold: Move = async (world, lots) => {
  const frozen = lots.filter((lot) => lot.held);
  if (frozen.length > 0 && world.chance(0.6))
    return world.submit('lot.released', 'agent', { lots: [world.pick(frozen).id], ground: 'in order' });
  const living = [...held(lots), ...under(lots)];
  if (living.length === 0) return null;
  return world.submit('lot.held', 'agent', { lots: world.some(living, 2).map(({ id }) => id), ground: 'a check' });
};

const pass: Move = (world) => world.wait(world.pick([1, 30, 80, 300]));
const dispute: Move = (world) => world.dispute();
const incident: Move = (world, lots) => world.incident(lots);
const answer: Move = (world) => world.answer();

const assay: Move = async (world, lots) => {
  if (lots.length === 0) return null;
  const grades = [{ analyte: 'Sn', value: world.pick(['52', '61', '79']), uom: 'P1', basis: 'dry' }];
  return world.submit('assay.certified', 'laboratory', { lot: world.pick(lots).id, sample: 'S-1', grades });
};

const moves: readonly Move[] = [
  ...Array.from({ length: 4 }, () => dispatch),
  ...Array.from({ length: 5 }, () => receive),
  declare,
  split,
  aggregate,
  measure,
  close,
  recall,
  steal,
  steal,
  hold,
  pass,
  pass,
  dispute,
  incident,
  answer,
  assay,
];
