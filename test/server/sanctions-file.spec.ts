import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RuleParameters } from '../../src/server/config/rule-parameters.js';
import { loadSanctions } from '../../src/server/config/sanctions-file.js';
import { rulesFingerprint } from '../../src/server/verification/judging/older-entries.js';

const folder = mkdtempSync(join(tmpdir(), 'adit-sanctions-'));
const HEADER =
  'id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,dataset,first_seen,last_seen,last_change';

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const text = [
  HEADER,
  'NK-1,Company,"Kivu ""Star"" Metals, Ltd",Métaux du Kivu;KSM,,cd;rw,"1, Main Road\nGoma",RC-1234567,,,,x,2020-01-01,2026-05-01,2026-04-02T10:00:00',
  'NK-2,Person,Jane Roe,,1970-01-01,,,,,,,x,2020-01-01,2026-05-01,2026-03-01T00:00:00',
  ',Person,No Id,,,,,,,,,x,,,',
].join('\r\n');

describe('a list of sanctions', () => {
  it('is read with its names, countries, identifiers, newest day and hash', () => {
    expect(loadSanctions(fileOf('targets.simple.csv', text))).toEqual({
      file: 'targets.simple.csv',
      sha256: createHash('sha256').update(text).digest('hex'),
      date: '2026-04-02',
      entries: [
        {
          id: 'NK-1',
          names: ['Kivu "Star" Metals, Ltd', 'Métaux du Kivu', 'KSM'],
          countries: ['cd', 'rw'],
          identifiers: ['RC-1234567'],
        },
        { id: 'NK-2', names: ['Jane Roe'], countries: [], identifiers: [] },
      ],
    });
  });

  it.each([
    ['other.csv', 'id,name\nNK-1,Kivu', 'it has no column aliases, countries, identifiers'],
    ['broken.csv', `${HEADER}\n"NK-1`, 'it is no CSV'],
  ])('that cannot be used is refused with the reason (%s)', (name, content, reason) => {
    expect(() => loadSanctions(fileOf(name, content))).toThrow(reason);
  });

  it('is a parameter of the rules: another list lets older entries be judged again', () => {
    const [one, other] = [text, `${text}\r\nNK-3,Person,John Doe,,,,,,,,,x,,,2026-05-02`].map((content, i) =>
      RuleParameters.load(null, fileOf(`list${i}.csv`, content)),
    );
    expect(one?.asOf(null).sanctionedParty.list?.entries).toHaveLength(2);
    const prints = [RuleParameters.load(null), one, other].map((known) => rulesFingerprint(known?.sets ?? []));
    expect(new Set(prints).size).toBe(3);
  });
});
