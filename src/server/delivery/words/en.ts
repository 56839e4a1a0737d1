import type { Words } from './words.js';

export const en: Words = {
  colon: ': ',

  'severity.low': 'Low',
  'severity.medium': 'Medium',
  'severity.high': 'High',
  'severity.critical': 'Critical',

  'status.open': 'open',
  'status.acknowledged': 'acknowledged',
  'status.resolved': 'resolved',
  'status.regressed': 'back again',
  'status.escalated': 'escalated',
  'status.silenced': 'silenced',

  'subject.opened': '{{severity}}: {{title}}',
  'subject.updated': '{{severity}}, changed: {{title}}',
  'subject.regressed': '{{severity}}, back again: {{title}}',
  'subject.acknowledged': '{{severity}}, acknowledged: {{title}}',
  'subject.resolved': '{{severity}}, resolved: {{title}}',
  'subject.escalated': '{{severity}}, escalated: {{title}}',

  'kind.opened': 'This alert is new.',
  'kind.updated': 'This alert has changed since the last message about it.',
  'kind.regressed': 'This alert was closed or answered, and its cause has come back.',
  'kind.acknowledged': 'Somebody has acknowledged this alert.',
  'kind.resolved': 'This alert is resolved: its cause has ended, or somebody closed it with a reason.',
  'kind.escalated': 'Nobody acknowledged this alert in time. Therefore you are notified now.',

  andMore: { one: '(and {{n}} more)', other: '(and {{n}} more)' },
  moreItems: { one: 'and {{n}} more', other: 'and {{n}} more' },
  inhibited: {
    one: '{{n}} alert that follows from this one is not sent but counted here.',
    other: '{{n}} alerts that follow from this one are not sent but counted here.',
  },
  descendants: {
    one: '{{n}} lot was made from those named here; its verdict has changed too.',
    other: '{{n}} lots were made from those named here; their verdicts have changed too.',
  },

  'label.severity': 'Severity',
  'label.status': 'Status',
  'label.measured': 'Measured',
  'label.limit': 'Limit',
  'label.opened': 'Opened',
  'label.due': 'Answer by',
  'label.wasDue': 'Was to be answered by',
  'label.count': 'Findings in this alert',
  'label.group': 'Grouped by',
  'label.rule': 'Rule',
  'label.lots': 'Lots',
  'label.events': 'Events that show it',
  'label.detail': 'Text of the ledger',
  'label.ledger': 'Ledger',
  'label.period': 'Period',
  'label.endpoint': 'Endpoint',
  'label.since': 'Failing since',

  'group.consignment': 'consignment',
  'group.site': 'site',
  'group.root': 'root cause',

  'link.alert': 'See and answer the alert',
  'link.rule': 'What this rule means, and what it does not',
  'link.bundle': 'The bundle with the evidence',
  'link.report': 'The report of the lot',
  'link.manage': 'Change or end these mails',

  'check.heading': 'How to check this without trusting this mail',
  'check.download': 'Download the bundle and verify it on your own machine:',
  'check.noBundle': 'Ask the ledger for the bundle of a lot that concerns you, and verify it on your own machine:',
  'check.key': 'Get the key of the log from somebody whom you trust, not from this mail.',
  'check.events':
    'The bundle must contain the events named above, with the same ids and at the same entries of the log.',

  entry: 'entry {{index}}',
  question: 'An alert is a question, not an accusation.',

  'footer.why': 'You receive this mail because this address is subscribed to alerts of the ledger {{ledger}}.',
  'footer.automatic': 'It was sent by a program. Nobody reads replies to it.',

  'digest.subject': { one: '{{severity}}: {{n}} alert in this digest', other: '{{severity}} first: {{n}} alerts' },
  'digest.subjectNone': 'No alerts in this period',
  'digest.title': { one: '{{n}} alert', other: '{{n}} alerts' },
  'digest.none': 'There was no alert in this period that matches your subscription.',
  'digest.more': {
    one: '{{n}} more alert is not shown in this mail; you find it at the ledger.',
    other: '{{n}} more alerts are not shown in this mail; you find them at the ledger.',
  },

  'test.subject': 'Test of the alerts of {{ledger}}',
  'test.title': 'Alerts arrive',
  'test.body': 'Somebody asked for this mail to test whether alerts arrive at this address. You need not do anything.',

  'disabled.subject': 'Alerts are no longer sent to your webhook endpoint',
  'disabled.failing': 'The endpoint was disabled because every delivery to it has failed for a week.',
  'disabled.gone': 'The endpoint was disabled because it answered 410 Gone: it no longer exists.',
  'disabled.next': 'When the endpoint works again, enable the subscription.',
  'disabled.kept': 'Nothing is lost: the alerts are in the ledger, and all messages since a time can be sent again.',
};
