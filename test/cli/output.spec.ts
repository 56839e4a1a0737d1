import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { LotEvent } from '../../src/core/api/event.js';
import type { Program } from '../../src/cli/command.js';
import { completionOf } from '../../src/cli/output/completion.js';
import { createWholeProgram } from '../../src/cli/program.js';
import { type Claims, itemsAbout, statedMass, whatHappened } from '../../src/cli/output/event-words.js';
import { whereOf } from '../../src/cli/output/lot-names.js';
import { type Column, table } from '../../src/cli/output/table.js';

interface Row {
  name: string;
  place: string;
  mass: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'name', value: ({ name }) => name, least: 6 },
  { title: 'place', value: ({ place }) => place, least: 4, dropped: 1 },
  { title: 'mass', value: ({ mass }) => mass, right: true },
];
const rows: readonly Row[] = [
  { name: 'RW-A000001', place: 'with trader', mass: '48.6 kg' },
  { name: 'a very long lot number', place: 'used up by plant', mass: '1250 kg' },
];

describe('a table on a terminal', () => {
  it('aligns columns, figures at the right, and cuts nothing in a pipe', () => {
    expect(table(rows, columns, Infinity)).toEqual([
      'NAME                    PLACE                MASS',
      'RW-A000001              with trader       48.6 kg',
      'a very long lot number  used up by plant  1250 kg',
    ]);
  });

  it('never writes a line that is longer than the terminal, and drops the column that may go', () => {
    for (const width of [60, 40, 30, 20])
      for (const line of table(rows, columns, width)) expect(line.length).toBeLessThanOrEqual(width);
    expect(table(rows, columns, 40)[1]).toContain('with');
    expect(table(rows, columns, 18)).toEqual(['NAME          MASS', 'RW-A0000…  48.6 kg', 'a very l…  1250 kg']);
  });

  it('shows control characters that somebody recorded as what they are: none of a terminal', () => {
    expect(table([{ name: 'a\u001b[2Jb\u200b', place: '', mass: '' }], columns, 80)[1]).toBe('a�[2Jb�');
  });
});

describe('what is said of an event', () => {
  const event = (type: string, iss: string): LotEvent => ({
    type,
    iss,
    seq: 1,
    id: '',
    index: 1,
    event: '',
    recordedAt: null,
    occurredAt: '',
  });
  const kg = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });
  const receipt: Claims = {
    from: 'coop',
    place: { facility: 'depot' },
    lots: [
      { lot: 'a', mass: kg('48.5') },
      { lot: 'b', outcome: 'rejected', reason: 'torn bag', mass: kg('50') },
      { lot: 'c', mass: kg('50.25') },
    ],
  };

  it('gives the mass of the lots that are asked about, not of all in the event', () => {
    const mass = (...lots: string[]): bigint | null => statedMass(itemsAbout(receipt, new Set(lots)));
    expect([mass('a'), mass('a', 'c'), mass('b'), mass('x')]).toEqual([48_500_000n, 98_750_000n, null, null]);
  });

  it('does not show a rejected lot as received', () => {
    const said = (...lots: string[]): string =>
      whatHappened(event('custody.received', 'trader'), receipt, itemsAbout(receipt, new Set(lots)));
    expect(said('a')).toBe('received by trader from coop at depot');
    expect(said('b')).toBe('REJECTED by trader, still with coop: torn bag at depot');
    expect(said('a', 'b', 'c')).toContain('1 of 3 REJECTED');
  });

  it('says where a lot is in words, a hold first', () => {
    const lot = { holder: 'coop', inTransitTo: null, onHold: false };
    expect(whereOf({ ...lot, status: 'held' })).toBe('with coop');
    expect(whereOf({ ...lot, status: 'inTransit', inTransitTo: 'trader' })).toBe('coop → trader, on the way');
    expect(whereOf({ ...lot, status: 'held', onHold: true })).toBe('ON HOLD, with coop');
  });

  it('names a type that it has no words for', () => {
    expect(whatHappened(event('lot.future', 'coop'), {})).toBe('lot.future by coop');
  });
});

describe('completion of commands', () => {
  let program: Program;
  beforeAll(async () => {
    program = await createWholeProgram();
  });

  /** What bash offers after these words. */
  const offered = (...words: string[]): string[] => {
    const script = `${completionOf(program, 'bash')}
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _adit
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
  };

  it('offers the commands of the tree, their own commands, and their options', () => {
    expect(offered('adit', 'lo')).toEqual(['login', 'lots', 'lot']);
    expect(offered('adit', 'alerts', 'a')).toEqual(['ack', 'assign']);
    expect(offered('adit', 'alerts', 'ack', '9d1c2e7a', '--re')).toEqual(['--reason']);
    expect(offered('adit', '--json', 'lots', '--h')).toEqual(['--holder', '--help']);
    const names = program.commands.map((command) => command.name());
    expect(offered('adit', '').filter((word) => !word.startsWith('--'))).toEqual(names);
  });

  it('names every command and option in every shell', () => {
    for (const shell of ['zsh', 'fish'] as const) {
      const script = completionOf(program, shell);
      for (const word of ['ack', 'minimum-severity', 'restore', 'to-read']) expect(script).toContain(word);
    }
  });
});
