import { recordRule } from './record-rule.js';

export const recordProjectionDiffers = recordRule({
  id: 'record-projection-differs',
  title: 'A table says something else than the log',
  means:
    'A row that is derived from the log (a holder, a mass, a status, a key) differs from what replaying the log gives.',
  doesNotMean: 'That the log is damaged: the row can be rebuilt from it.',
  test: 'All derived tables compared, row by row, with a replay of the log',
  standard: 'Adit protocol, section 4',
});
