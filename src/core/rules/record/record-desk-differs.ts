import { recordRule } from './record-rule.js';

export const recordDeskDiffers = recordRule({
  id: 'record-desk-differs',
  title: 'A subscription, silence or notice was changed outside the service',
  means:
    'A row that decides who is notified (a subscription, a silence, a decision on an alert, a notice) was inserted, changed or deleted by somebody else than the service, or the journal of such changes was shortened.',
  doesNotMean: 'That the log is damaged, or that an alert is wrong: somebody may not have been notified of it.',
  causes: {
    innocent: 'an administrator edited a subscription by hand',
    bad: 'somebody kept an alert from those who should have had it',
  },
  advice:
    'The operator asks who changed the row that is named, ends or deletes it through the service and makes it again, and looks at `GET /v1/alerts` for alerts of which nobody was notified since the last audit. It closes at the next audit in which rows and journal agree.',
  test: 'Every such row compared with the journal, in which the service notes each change under a key that is not in the database',
  standard: 'Adit protocol, section 4',
});
