import { describe, expect, it } from '@jest/globals';
import { nameKey, sanctionedParty } from '../../../src/core/rules/actors/sanctioned-party.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import { type Parameters, defaultParameters } from '../../../src/core/rules/index.js';
import { boughtBy, withSanctions } from '../../support/cases-actors.js';

const listed = withSanctions([
  { id: 'NK-1', names: ['Kivu Metals Ltd', 'Métaux du Kivu'], countries: ['rw'], identifiers: ['RC-1234567'] },
  { id: 'NK-2', names: ['Lake Traders'], countries: ['cd'], identifiers: ['77'] },
]);
const found = (legalName: string, more: Record<string, unknown> = {}, parameters: Parameters = listed): string[] =>
  judge(sanctionedParty, boughtBy(legalName, more).facts(), parameters).findings.map(
    ({ severity, measured, detail }) =>
      `${severity} ${measured} ${detail.includes('an identifier') ? 'number' : 'name'}`,
  );
const registered = (value: string) => ({ identifiers: [{ scheme: 'registry', value }] });

describe('a party in a list of sanctions', () => {
  it('is found by name or alias, without accents, order and form of company', () => {
    expect(found('KIVU METALS S.A. LIMITED')).toEqual([]);
    expect(found('Kivu Metals, Limited')).toEqual(['high NK-1 name', 'high NK-1 name']);
    expect(found('du kivu METAUX')).toEqual(['high NK-1 name', 'high NK-1 name']);
  });

  it('is less sure in another country', () => {
    expect(found('Lake Traders')).toEqual(['medium NK-2 name', 'medium NK-2 name']);
  });

  it('is found by an identifier that is long enough, whatever its name', () => {
    expect(found('Another Name', registered('rc 1234567'))).toEqual(['high NK-1 number', 'high NK-1 number']);
    expect(found('Another Name', registered('77'))).toEqual([]);
  });

  it('is not looked for without a list', () => {
    expect(found('Kivu Metals Ltd', {}, defaultParameters)).toEqual([]);
  });

  it('is named with the list and its hash', () => {
    const [finding] = judge(sanctionedParty, boughtBy('Kivu Metals').facts(), listed).findings;
    expect(finding?.detail).toContain('targets.simple.csv of 2026-05-01, SHA-256 abababababab…');
    expect(finding?.root).toBe('actor:firm');
  });
});

describe('the key of a name', () => {
  it.each([
    ['Société Générale de Métaux SARL', 'de generale metaux societe'],
    ['O’Neill & Sons, Inc.', 'neill o sons'],
    ['Ltd', 'ltd'],
    ['上海 金属', '上海 金属'],
  ])('of %s is %s', (name, key) => {
    expect(nameKey(name)).toBe(key);
  });
});
