import { describe, expect, it } from '@jest/globals';
import { SERIES_LENGTH, SERIES_NAMED } from '../../../src/core/rules/engine/facts.js';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { deliveriesOneSided } from '../../../src/core/rules/mass/series/deliveries-one-sided.js';
import { massLost } from '../../../src/core/rules/mass/mass-lost.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, dispatches, receives, register, world } from '../../support/told-world.js';

const day = (n: number, hour: number): string =>
  new Date(Date.parse('2026-05-12T00:00:00Z') + n * 86_400_000 + hour * 3_600_000).toISOString();

interface Delivery {
  /** Share of the 1000 kg that arrives, and what the two state of moisture. */
  arrives: number;
  moisture?: [string, string];
  from?: string;
  kg?: string;
  arrived?: string;
}

/** A log of deliveries, one a day; `numbered` is the number of the first. */
function deliver(log: ScriptedLog, deliveries: readonly Delivery[], numbered = 0): ScriptedLog {
  for (const [i, { arrives, moisture, from = 'coop', kg = '1000', arrived }] of deliveries.entries()) {
    const n = numbered + i;
    const bag = lot(`bag${n}`);
    const told = moisture === undefined ? {} : { moisturePercent: moisture[0] };
    declares(log, [{ lot: bag, kg, ...told }], { iss: from, occurredAt: day(n, 8) });
    dispatches(log, [bag], { iss: from, occurredAt: day(n, 9) });
    receives(log, { [bag]: arrived ?? (arrives * 1_000).toFixed(1) }, { from, occurredAt: day(n, 12) });
    if (moisture === undefined) continue;
    const lots = [{ lot: bag, moisturePercent: moisture[1] }];
    log.tell('lot.measured', { iss: 'trader', occurredAt: day(n, 13), lots });
  }
  return log;
}

const found = (log: ScriptedLog, from = 0): Finding[] =>
  judge(deliveriesOneSided, log.facts(from), defaultParameters).findings;
const of = (arrives: number, count: number, more: Partial<Delivery> = {}): Delivery[] =>
  Array.from({ length: count }, () => ({ arrives, ...more }));

describe('deliveries that weigh less on arrival, one after the other', () => {
  it('are one finding that names the pair, the lots, the loss and the time', () => {
    const findings = found(deliver(world(), of(0.978, 10)));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: 'medium',
      subject: 'series:deliveries:coop/trader/cassiterite',
      cause: 'less',
      measured: '2.20 % in 10 deliveries',
      lots: Array.from({ length: 10 }, (_, i) => lot(`bag${i}`)),
    });
    expect(findings[0]?.detail).toContain('10 of 10 deliveries of cassiterite from coop to trader weighed less');
    expect(findings[0]?.detail).toContain('220 kg in 9 days, since 2026-05-12');
  });

  it('are found by the fourth', () => {
    const counts = [1, 2, 3, 4].map((count) => found(deliver(world(), of(0.978, count))).length);
    expect(counts).toEqual([0, 0, 0, 1]);
  });

  it('are quiet where they dry and spill as they do, and where one is lost', () => {
    const honest = [4, 2, 7, -1, 3, 5, 8, 0, 4, 22].map((thousandths) => ({ arrives: 1 - thousandths / 1_000 }));
    expect(found(deliver(world(), honest))).toEqual([]);
    expect(found(deliver(world(), [...honest, { arrives: 0.4 }, ...honest]))).toEqual([]);
  });

  it('are quiet where both state the moisture, and the dry mass is the same', () => {
    expect(found(deliver(world(), of(0.978, 10, { moisture: ['8.0', '5.93'] })))).toEqual([]);
    expect(found(deliver(world(), of(0.978, 10, { moisture: ['8.0', '8.0'] })))).toHaveLength(1);
  });

  it('are not counted where the scale shows too little of a difference', () => {
    const coarse = { kg: '10', arrived: '9' };
    expect(found(deliver(world(), of(0.9, 10, coarse)))).toEqual([]);
    expect(found(deliver(world(), of(0.9, 10, { ...coarse, arrived: '9.00' })))).toHaveLength(1);
  });

  it('are found at a receiver that takes a little from each of several, and once', () => {
    const log = world();
    const senders = ['coop', 'first', 'second', 'third'];
    for (const sender of senders.slice(1)) register(log, sender);
    const each = senders.map((from) => ({ arrives: 0.978, from }));
    expect(found(deliver(log, each)).map(({ subject }) => subject)).toEqual(['series:receipts:trader/cassiterite']);
  });
});

describe('a loss of any size, delivery after delivery', () => {
  const allowed = defaultParameters.deliveriesOneSided.default.less.allowed;

  it.each(Array.from({ length: 41 }, (_, i) => i * 2_500))(
    'is allowed, or found by this rule or that of single losses (%d parts per million)',
    (loss) => {
      const log = deliver(world(), of(1 - loss / 1e6, 40));
      const single = judge(massLost, log.facts(), defaultParameters).findings;
      expect(found(log).length + single.length > 0).toBe(loss > allowed);
    },
  );
});

describe('the finding of a series', () => {
  const history = [...of(0.997, 5), ...of(0.978, 8), ...of(0.996, 3)];

  it('is the same however many entries were judged together', () => {
    const log = deliver(world(), history);
    const [whole] = found(log);
    expect(whole).toMatchObject({ measured: expect.stringContaining('in 8 deliveries') });
    for (const last of [1, 3, 17]) expect(found(log, log.entries.length - last)).toEqual([whole]);
  });

  it('names the newest entries, and reads a bounded number, however long it is', () => {
    const long = found(deliver(world(), of(0.978, SERIES_LENGTH + 30)))[0];
    expect(long?.events).toHaveLength(SERIES_NAMED);
    expect(long?.measured).toBe(`2.20 % in ${SERIES_LENGTH} deliveries`);
  });

  it('goes away when the deliveries before are no more among the newest', () => {
    expect(found(deliver(world(), [...of(0.978, 8), ...of(0.997, SERIES_LENGTH)]))).toEqual([]);
  });
});
