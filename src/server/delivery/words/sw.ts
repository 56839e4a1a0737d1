import type { Words } from './words.js';

export const sw: Words = {
  colon: ': ',

  'severity.low': 'Ndogo',
  'severity.medium': 'Ya kati',
  'severity.high': 'Kubwa',
  'severity.critical': 'Kubwa sana',

  'status.open': 'iko wazi',
  'status.acknowledged': 'inashughulikiwa',
  'status.resolved': 'imetatuliwa',
  'status.regressed': 'imerudi tena',
  'status.escalated': 'haijajibiwa',
  'status.silenced': 'imenyamazishwa',

  'subject.opened': '{{severity}}: {{title}}',
  'subject.updated': '{{severity}}, imebadilika: {{title}}',
  'subject.regressed': '{{severity}}, imerudi tena: {{title}}',
  'subject.acknowledged': '{{severity}}, inashughulikiwa: {{title}}',
  'subject.resolved': '{{severity}}, imetatuliwa: {{title}}',
  'subject.escalated': '{{severity}}, haijajibiwa: {{title}}',

  'kind.opened': 'Tahadhari hii ni mpya.',
  'kind.updated': 'Tahadhari hii imebadilika tangu ulipoarifiwa mara ya mwisho.',
  'kind.regressed': 'Tahadhari hii ilikuwa imefungwa au kujibiwa, na chanzo chake kimerudi.',
  'kind.acknowledged': 'Kuna mtu anayeshughulikia tahadhari hii.',
  'kind.resolved': 'Tahadhari hii imetatuliwa: chanzo chake kimeondoka, au imewekwa kando kwa sababu iliyoelezwa.',
  'kind.escalated': 'Hakuna aliyejibu tahadhari hii kwa wakati. Ndiyo maana unaarifiwa sasa.',

  andMore: { one: '(na {{n}} nyingine)', other: '(na nyingine {{n}})' },
  moreItems: { one: 'na {{n}} zaidi', other: 'na {{n}} zaidi' },
  inhibited: {
    one: 'Tahadhari {{n}} inayotokana na hii imezuiwa na kuhesabiwa hapa.',
    other: 'Tahadhari {{n}} zinazotokana na hii zimezuiwa na kuhesabiwa hapa.',
  },
  descendants: {
    one: 'Fungu {{n}} limetengenezwa kutokana na haya yaliyotajwa; tathmini yake imebadilika pia.',
    other: 'Mafungu {{n}} yametengenezwa kutokana na haya yaliyotajwa; tathmini zake zimebadilika pia.',
  },

  'label.severity': 'Uzito',
  'label.status': 'Hali',
  'label.measured': 'Kilichopimwa',
  'label.limit': 'Kikomo',
  'label.opened': 'Ilifunguliwa',
  'label.due': 'Jibu kabla ya',
  'label.wasDue': 'Ilipaswa kujibiwa kabla ya',
  'label.count': 'Matokeo ndani ya tahadhari hii',
  'label.group': 'Yamekusanywa kwa',
  'label.rule': 'Kanuni',
  'label.lots': 'Mafungu',
  'label.events': 'Matukio yanayoonyesha hili',
  'label.detail': 'Kwa maneno ya leja (kwa Kiingereza)',
  'label.ledger': 'Leja',
  'label.period': 'Kipindi',
  'label.endpoint': 'Anwani ya kupokelea',
  'label.since': 'Imeshindwa tangu',

  'group.consignment': 'shehena',
  'group.site': 'mgodi',
  'group.root': 'chanzo kikuu',

  'link.alert': 'Tazama tahadhari na uijibu',
  'link.rule': 'Maana ya kanuni hii, na kile ambacho haimaanishi',
  'link.bundle': 'Kifurushi chenye ushahidi',
  'link.report': 'Ripoti ya fungu',
  'link.manage': 'Badilisha au sitisha barua pepe hizi',

  'check.heading': 'Jinsi ya kuhakiki bila kuamini barua pepe hii',
  'check.download': 'Pakua kifurushi na ukihakiki kwenye kompyuta yako mwenyewe:',
  'check.noBundle': 'Omba leja kifurushi cha fungu linalokuhusu, kisha ukihakiki kwenye kompyuta yako mwenyewe:',
  'check.key': 'Chukua ufunguo wa kumbukumbu kutoka kwa mtu unayemwamini, si kutoka kwenye barua pepe hii.',
  'check.events':
    'Kifurushi lazima kiwe na matukio yaliyotajwa hapo juu, yenye vitambulisho vilevile na nambari zilezile za kumbukumbu.',

  entry: 'ingizo {{index}}',
  question: 'Tahadhari ni swali, si shutuma.',

  'footer.why': 'Unapokea barua pepe hii kwa sababu tahadhari za leja {{ledger}} hutumwa kwa anwani hii.',
  'footer.automatic': 'Imetumwa na programu. Hakuna anayesoma majibu yake.',

  'digest.subject': {
    one: '{{severity}}: tahadhari {{n}} katika muhtasari huu',
    other: '{{severity}} kwanza: tahadhari {{n}}',
  },
  'digest.subjectNone': 'Hakuna tahadhari katika kipindi hiki',
  'digest.title': { one: 'Tahadhari {{n}}', other: 'Tahadhari {{n}}' },
  'digest.none': 'Katika kipindi hiki hakuna lolote lililobainika kati ya uliyoomba kuarifiwa.',
  'digest.more': {
    one: 'Tahadhari {{n}} zaidi haikuonyeshwa katika barua pepe hii; utaipata kwenye leja.',
    other: 'Tahadhari {{n}} zaidi hazikuonyeshwa katika barua pepe hii; utazipata kwenye leja.',
  },

  'test.subject': 'Jaribio la tahadhari za {{ledger}}',
  'test.title': 'Tahadhari zinakufikia',
  'test.body':
    'Kuna mtu aliyeomba barua pepe hii ili kujaribu kama tahadhari zinafika kwa anwani hii. Huhitaji kufanya lolote.',

  'disabled.subject': 'Tahadhari hazitumwi tena kwa anwani yako ya kupokelea (webhook)',
  'disabled.failing': 'Anwani hiyo imezimwa kwa sababu kila kilichotumwa kwake kimeshindwa kwa wiki nzima.',
  'disabled.gone': 'Anwani hiyo imezimwa kwa sababu ilijibu 410: haipo tena.',
  'disabled.next': 'Anwani itakapofanya kazi tena, washa usajili wako tena.',
  'disabled.kept':
    'Hakuna kilichopotea: tahadhari zinabaki kwenye leja, na zote tangu wakati fulani zinaweza kutumwa upya.',
};
