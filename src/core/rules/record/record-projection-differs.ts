import { recordRule } from './record-rule.js';

export const recordProjectionDiffers = recordRule({
  id: 'record-projection-differs',
  title: 'A table says something else than the log',
  means:
    'A row that is derived from the log (a holder, a mass, a status, a key) differs from what replaying the log gives.',
  doesNotMean: 'That the log is damaged: the row can be rebuilt from it.',
  causes: {
    innocent: 'a row was edited by hand, or an upgrade was interrupted',
    bad: 'somebody changed a holder, a mass or a verdict in the database',
  },
  advice:
    'The operator asks who changed the row that is named, puts it back from a backup and never by hand, and runs `adit replay`. Do not rely on holder, mass or status of the lots named until the next audit, which closes it.',
  test: 'All derived tables compared, row by row, with a replay of the log',
  standard: 'Adit protocol, section 4',
});
