import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../../support/test-ledger.js';

interface FindingRow {
  rule: string;
  subject: string;
  lots: string[];
  detail: string;
  first_index: number | null;
}

let ledger: TestLedger;
/** A lot that was declared, dispatched and received, and one that is on its way. */
let lot: string;
let onItsWay: string;
let dispatched: { id: string; index: number };

const open = (): Promise<FindingRow[]> =>
  ledger.database.rows<FindingRow>("SELECT * FROM findings WHERE status = 'open' AND rule LIKE 'record-%'");

/** Changes a row, audits, puts all rows back as they were, and audits again: what was found must be gone then. */
async function foundAfter(sql: string, values: unknown[] = []): Promise<FindingRow[]> {
  try {
    return await foundOnce(sql, values);
  } finally {
    expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
    expect(await open()).toEqual([]);
  }
}

/** As `foundAfter`, without the second audit. */
async function foundOnce(sql: string, values: unknown[] = []): Promise<FindingRow[]> {
  try {
    expect(await ledger.tamper(sql, values)).not.toBe(0);
    await ledger.auditor().audit();
    return await open();
  } finally {
    await ledger.tamper(
      ledgerTables.map((name) => `DELETE FROM ${name}; INSERT INTO ${name} SELECT * FROM kept.${name};`).join('\n'),
    );
  }
}

const projections = [
  'ledger_info',
  'clocks',
  'actors',
  'keys',
  'sites',
  'facilities',
  'tag_ranges',
  'certificates',
  'endorsements',
  'lots',
  'lot_events',
  'lineage',
  'tag_uses',
  'attestations',
];
const ledgerTables = ['entries', 'tiles', 'checkpoints', 'log_state', 'disclosures', 'disclosure_keys', ...projections];

beforeAll(async () => {
  ledger = await TestLedger.open();
  lot = await ledger.declare('48.6', { tags: ['SYN-M-4411'], moisturePercent: '6.0' });
  dispatched = await ledger.dispatch(lot);
  await ledger.receive(lot, '48.5');
  onItsWay = await ledger.declare('50.2');
  await ledger.dispatch(onItsWay);
  const [a, b] = [await ledger.declare('20'), await ledger.declare('30')];
  const { lots } = await ledger.record('lot.aggregated', 'coop', {
    inputs: [{ lot: a }, { lot: b }],
    outputs: [{ mass: { value: '50', uom: 'KGM' } }],
  });
  await ledger.record('lot.held', 'agent', { lots, ground: 'seizure' });
  await ledger.submit('custody.dispatched', 'mallory', { to: 'trader', lots: [{ lot: a, prev: dispatched.id }] });
  await ledger.tamper(
    `CREATE SCHEMA kept; ${ledgerTables.map((name) => `CREATE TABLE kept.${name} AS SELECT * FROM ${name};`).join('\n')}`,
  );
});

afterAll(async () => {
  await ledger.close();
});

describe('an audit of a ledger nobody touched', () => {
  it('finds nothing', async () => {
    const report = await ledger.auditor().audit();
    expect(report).toMatchObject({ faults: 0 });
    expect(await open()).toEqual([]);
  });
});

describe('an entry changed behind the ledger', () => {
  it('is found where the text was changed: one finding, with table, index and lot', async () => {
    const found = await foundAfter(
      "UPDATE entries SET jws = overlay(jws placing 'AAAA' from length(jws) - 20) WHERE index = $1",
      [dispatched.index],
    );
    expect(found).toEqual([
      expect.objectContaining({
        rule: 'record-event-altered',
        subject: `entries index=${dispatched.index}`,
        lots: [lot],
        first_index: dispatched.index,
      }),
    ]);
  });

  it('is found where another payload was put under the old signature, with id and leaf hash made to fit', async () => {
    const found = await foundAfter(
      `UPDATE entries AS e SET jws = forged.jws, leaf_hash = sha256('\\x00'::bytea || convert_to(forged.jws, 'UTF8'))
         FROM (SELECT a.index, split_part(b.jws, '.', 1) || '.' || split_part(b.jws, '.', 2) || '.' || split_part(a.jws, '.', 3) AS jws
                 FROM entries AS a JOIN entries AS b ON b.index = a.index + 1) AS forged
        WHERE e.index = $1 AND forged.index = e.index`,
      [dispatched.index],
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ subject: `entries index=${dispatched.index}`, first_index: dispatched.index });
    expect(found[0]?.lots).toContain(lot);
  });

  it.each([
    ['leaf_hash', "UPDATE entries SET leaf_hash = sha256('x') WHERE index = $1"],
    ['id', "UPDATE entries SET id = translate(id, 'abcdefgh', 'bcdefghi') || '' WHERE index = $1"],
  ])('is found where only %s was changed', async (column, sql) => {
    const found = await foundAfter(sql, [dispatched.index]);
    expect(found).toEqual([
      expect.objectContaining({
        rule: 'record-event-altered',
        subject: `entries index=${dispatched.index}`,
        lots: [lot],
      }),
    ]);
    expect(found[0]?.detail).toContain(column);
  });

  it('is missed where its row was deleted, in the middle and at the end', async () => {
    const middle = await foundAfter('DELETE FROM entries WHERE index = $1', [dispatched.index]);
    expect(middle).toEqual([
      expect.objectContaining({ rule: 'record-event-missing', lots: [lot], first_index: dispatched.index }),
    ]);
    const tail = await foundAfter('DELETE FROM entries WHERE index = (SELECT max(index) FROM entries)');
    expect(tail).toEqual([expect.objectContaining({ rule: 'record-event-missing' })]);
  });

  it('is missed where all rows were deleted: one finding', async () => {
    expect(await foundAfter('DELETE FROM entries')).toEqual([
      expect.objectContaining({ rule: 'record-event-missing', first_index: 0 }),
    ]);
  });

  it('is found where two entries were swapped whole', async () => {
    const here = dispatched.index;
    const found = await foundAfter(
      `UPDATE entries SET index = 1000000 WHERE index = ${here};
       UPDATE entries SET index = ${here} WHERE index = ${here + 1};
       UPDATE entries SET index = ${here + 1} WHERE index = 1000000`,
    );
    expect(found.map(({ first_index }) => first_index)).toContain(dispatched.index);
  });
});

describe('the tree changed behind the ledger', () => {
  it.each([
    ['log_state.size', 'UPDATE log_state SET size = size - 1', 'log_state'],
    ['log_state.size', 'UPDATE log_state SET size = size + 3', 'log_state'],
    ['log_state.root', "UPDATE log_state SET root = sha256('x')", 'log_state'],
    ['log_state.epoch', 'UPDATE log_state SET epoch = epoch + 1', 'log_state'],
    ['log_state', 'DELETE FROM log_state', 'log_state'],
    ['checkpoints.root', "UPDATE checkpoints SET root = sha256('x') WHERE size = 5", 'checkpoints size=5'],
    [
      'checkpoints.note',
      "UPDATE checkpoints SET note = replace(note, E'\\n\\n', E'x\\n\\n') WHERE size = 5",
      'checkpoints size=5',
    ],
    ['checkpoints.size', 'UPDATE checkpoints SET size = 1000000 WHERE size = 5', 'checkpoints size=1000000'],
    ['checkpoints', 'DELETE FROM checkpoints WHERE size = 5', 'log_state'],
    [
      'tiles',
      "INSERT INTO tiles SELECT 0, 0, decode(repeat('00', 8192), 'hex'), sha256('x')",
      'tiles level=0, index=0',
    ],
  ])('%s: %s', async (_column, sql, subject) => {
    const found = await foundOnce(sql);
    expect(found.map((finding) => finding.rule)).toContain('record-root-mismatch');
    expect(found.map((finding) => finding.subject)).toContain(subject);
  });

  it('is whole again where all rows are as they were', async () => {
    expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
    expect(await open()).toEqual([]);
  });
});

describe('a number that no ledger can hold', () => {
  it.each([
    'UPDATE checkpoints SET size = 1::bigint << 60 WHERE size = 5',
    'UPDATE log_state SET size = 1::bigint << 60',
  ])('does not silence the audit: %s', async (sql) => {
    expect(await foundAfter(sql)).toEqual([
      expect.objectContaining({ rule: 'record-root-mismatch', subject: 'ledger' }),
    ]);
  });
});

describe('a disclosure changed behind the ledger', () => {
  it('is found', async () => {
    const found = await foundAfter(
      `UPDATE disclosures SET ciphertext = set_byte(ciphertext, 20, 255 - get_byte(ciphertext, 20))
        WHERE digest = (SELECT min(digest) FROM disclosures)`,
    );
    expect(found).toEqual([expect.objectContaining({ rule: 'record-disclosure-mismatch' })]);
  });
});

describe('a projection changed behind the ledger', () => {
  it('names the lot whose row it is, and the one whose row is gone', async () => {
    const holder = await foundAfter("UPDATE lots SET holder = 'mallory' WHERE id = $1", [lot]);
    expect(holder).toEqual([
      expect.objectContaining({ subject: `lots id=${lot}`, lots: [lot], rule: 'record-projection-differs' }),
    ]);
    expect(holder[0]?.detail).toContain('mallory');
    const gone = await foundAfter('DELETE FROM lots WHERE id = $1', [onItsWay]);
    expect(gone).toEqual([expect.objectContaining({ lots: [onItsWay] })]);
  });
});

describe('an audit of a log that is older than its guard', () => {
  it('says that a backup was restored', async () => {
    const { size } = ledger.guard.read();
    const found = await foundAfter(
      `WITH gone AS (DELETE FROM entries WHERE index = $1 - 1 RETURNING index),
            unsealed AS (DELETE FROM checkpoints WHERE size = $1),
            released AS (UPDATE lots SET holds = '{}'),
            unlinked AS (DELETE FROM attestations WHERE index = $1 - 1)
       UPDATE log_state SET size = $1 - 1, epoch = epoch - 1, root = (SELECT root FROM checkpoints WHERE size = $1 - 1)`,
      [size],
    );
    expect(found).toEqual([expect.objectContaining({ rule: 'record-backup-restored', first_index: size - 1 })]);
  });
});

describe('an audit while events are appended', () => {
  it('takes nothing for a fault', async () => {
    const reports = [];
    let appended = 0;
    let auditing = true;
    const appending = (async () => {
      for (; auditing; appended += 1) await ledger.dispatch(await ledger.declare('10'));
    })();
    for (let audit = 0; audit < 2; audit += 1) {
      const before = appended;
      reports.push(await ledger.auditor().audit());
      expect(appended).toBeGreaterThan(before);
    }
    auditing = false;
    await appending;
    expect(reports.map(({ faults }) => faults)).toEqual(reports.map(() => 0));
  });
});
