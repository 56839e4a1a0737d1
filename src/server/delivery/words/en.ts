import type { Words } from './words.js';

export const en: Words = {
  colon: ': ',

  'severity.low': 'Low',
  'severity.medium': 'Medium',
  'severity.high': 'High',
  'severity.critical': 'Critical',

  'status.open': 'open',
  'status.acknowledged': 'in hand',
  'status.resolved': 'resolved',
  'status.regressed': 'back again',
  'status.escalated': 'unanswered',
  'status.silenced': 'silenced',

  'subject.opened': '{{severity}}: {{title}}',
  'subject.updated': '{{severity}}, changed: {{title}}',
  'subject.regressed': '{{severity}}, back again: {{title}}',
  'subject.acknowledged': '{{severity}}, in hand: {{title}}',
  'subject.resolved': '{{severity}}, resolved: {{title}}',
  'subject.escalated': '{{severity}}, unanswered: {{title}}',

  'kind.opened': 'This alert is new.',
  'kind.updated': 'This alert has changed since you were last told of it.',
  'kind.regressed': 'This alert had been closed or answered, and its cause has come back.',
  'kind.acknowledged': 'Somebody has taken this alert in hand.',
  'kind.resolved': 'This alert is resolved: its cause has gone, or it was set aside with a reason.',
  'kind.escalated': 'Nobody has answered this alert in time. That is why you are told now.',

  andMore: { one: '(and {{n}} more)', other: '(and {{n}} more)' },
  moreItems: { one: 'and {{n}} more', other: 'and {{n}} more' },
  inhibited: {
    one: '{{n}} alert that follows from this one is held back and counted here.',
    other: '{{n}} alerts that follow from this one are held back and counted here.',
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
  'label.detail': 'In the words of the ledger',
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
  'check.key': 'Take the key of the log from somebody whom you trust, not from this mail.',
  'check.events': 'The bundle must hold the events named above, with the same ids and at the same entries of the log.',

  entry: 'entry {{index}}',
  question: 'An alert is a question, not an accusation.',

  'footer.why': 'You receive this mail because this address is told of alerts of the ledger {{ledger}}.',
  'footer.automatic': 'It was sent by a program. Nobody reads replies to it.',

  'digest.subject': { one: '{{severity}}: {{n}} alert in this digest', other: '{{severity}} first: {{n}} alerts' },
  'digest.subjectNone': 'No alerts in this period',
  'digest.title': { one: '{{n}} alert', other: '{{n}} alerts' },
  'digest.none': 'Nothing was found in this period that you asked to be told of.',
  'digest.more': {
    one: '{{n}} more alert is not shown in this mail; you find it at the ledger.',
    other: '{{n}} more alerts are not shown in this mail; you find them at the ledger.',
  },

  'test.subject': 'Test of the alerts of {{ledger}}',
  'test.title': 'Alerts reach you',
  'test.body': 'Somebody asked for this mail to try whether alerts arrive at this address. There is nothing to do.',

  'disabled.subject': 'Alerts are no longer sent to your webhook endpoint',
  'disabled.failing': 'The endpoint was switched off because every delivery to it has failed for a week.',
  'disabled.gone': 'The endpoint was switched off because it answered 410: it is gone for good.',
  'disabled.next': 'When the endpoint works again, switch the subscription on again.',
  'disabled.kept':
    'Nothing is lost: the alerts remain at the ledger, and all deliveries since a time can be sent anew.',
};
