import { recordRule } from './record-rule.js';

export const recordCatalogueDiffers = recordRule({
  id: 'record-catalogue-differs',
  title: 'The database is not built as it should be',
  means:
    'A trigger, rule, policy, function, grant, constraint, index or column of the database is missing, was changed, or is made by no migration. Such an object can change or swallow what the service writes.',
  doesNotMean:
    'That anything was changed by it: an administrator may have added an index or a right that does no harm.',
  causes: {
    innocent: 'an administrator added an index or a right',
    bad: 'an object was planted that changes or swallows what is written',
  },
  advice:
    'The operator asks who changed the object that is named, undoes it as the owner of the tables, and runs `adit audit`: what was written while it was there is in doubt, whatever the database says. It closes at the next audit that finds the schema as the migrations make it.',
  test: 'Every object of the schema compared with what the migrations make, at each start and in each audit',
  standard: 'Adit protocol, section 4',
});
