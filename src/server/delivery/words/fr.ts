import type { Words } from './words.js';

export const fr: Words = {
  colon: '\u00a0: ',

  'severity.low': 'Faible',
  'severity.medium': 'Moyenne',
  'severity.high': 'Élevée',
  'severity.critical': 'Critique',

  'status.open': 'ouverte',
  'status.acknowledged': 'prise en charge',
  'status.resolved': 'résolue',
  'status.regressed': 'de retour',
  'status.escalated': 'sans réponse',
  'status.silenced': 'mise en sourdine',

  'subject.opened': '{{severity}}\u00a0: {{title}}',
  'subject.updated': '{{severity}}, modifiée\u00a0: {{title}}',
  'subject.regressed': '{{severity}}, de retour\u00a0: {{title}}',
  'subject.acknowledged': '{{severity}}, prise en charge\u00a0: {{title}}',
  'subject.resolved': '{{severity}}, résolue\u00a0: {{title}}',
  'subject.escalated': '{{severity}}, sans réponse\u00a0: {{title}}',

  'kind.opened': 'Cette alerte est nouvelle.',
  'kind.updated': 'Cette alerte a changé depuis le dernier message que vous avez reçu.',
  'kind.regressed': 'Cette alerte avait été close ou traitée, et sa cause est réapparue.',
  'kind.acknowledged': 'Quelqu’un a pris cette alerte en charge.',
  'kind.resolved': 'Cette alerte est résolue\u00a0: sa cause a disparu, ou elle a été écartée avec un motif.',
  'kind.escalated': 'Personne n’a répondu à cette alerte dans le délai. C’est pourquoi vous en êtes informé.',

  andMore: { one: '(et {{n}} autre)', many: '(et {{n}} d’autres)', other: '(et {{n}} autres)' },
  moreItems: { one: 'et {{n}} autre', many: 'et {{n}} d’autres', other: 'et {{n}} autres' },
  inhibited: {
    one: '{{n}} alerte qui découle de celle-ci est retenue et comptée ici.',
    many: '{{n}} d’alertes qui découlent de celle-ci sont retenues et comptées ici.',
    other: '{{n}} alertes qui découlent de celle-ci sont retenues et comptées ici.',
  },
  descendants: {
    one: '{{n}} lot a été constitué à partir de ceux cités ici\u00a0; son appréciation a changé aussi.',
    many: '{{n}} de lots ont été constitués à partir de ceux cités ici\u00a0; leur appréciation a changé aussi.',
    other: '{{n}} lots ont été constitués à partir de ceux cités ici\u00a0; leur appréciation a changé aussi.',
  },

  'label.severity': 'Gravité',
  'label.status': 'État',
  'label.measured': 'Valeur constatée',
  'label.limit': 'Limite',
  'label.opened': 'Ouverte le',
  'label.due': 'Réponse attendue avant le',
  'label.wasDue': 'Réponse attendue avant le (délai dépassé)',
  'label.count': 'Constats réunis dans cette alerte',
  'label.group': 'Regroupés par',
  'label.rule': 'Règle',
  'label.lots': 'Lots',
  'label.events': 'Événements qui le montrent',
  'label.detail': 'Dans les termes du registre (en anglais)',
  'label.ledger': 'Registre',
  'label.period': 'Période',
  'label.endpoint': 'Adresse de livraison',
  'label.since': 'En échec depuis le',

  'group.consignment': 'envoi',
  'group.site': 'site minier',
  'group.root': 'cause première',

  'link.alert': 'Voir l’alerte et y répondre',
  'link.rule': 'Ce que cette règle signifie, et ce qu’elle ne signifie pas',
  'link.bundle': 'Le dossier de preuves',
  'link.report': 'Le rapport sur le lot',
  'link.manage': 'Modifier ou arrêter ces messages',

  'check.heading': 'Comment vérifier sans se fier à ce message',
  'check.download': 'Téléchargez le dossier de preuves et vérifiez-le sur votre propre machine\u00a0:',
  'check.noBundle':
    'Demandez au registre le dossier de preuves d’un lot qui vous concerne et vérifiez-le sur votre propre machine\u00a0:',
  'check.key': 'Prenez la clé du journal auprès de quelqu’un en qui vous avez confiance, non dans ce message.',
  'check.events':
    'Le dossier doit contenir les événements cités ci-dessus, avec les mêmes identifiants et aux mêmes entrées du journal.',

  entry: 'entrée {{index}}',
  question: 'Une alerte est une question, pas une accusation.',

  'footer.why':
    'Vous recevez ce message parce que les alertes du registre {{ledger}} sont communiquées à cette adresse.',
  'footer.automatic': 'Il a été envoyé par un programme. Personne ne lit les réponses.',

  'digest.subject': {
    one: '{{severity}}\u00a0: {{n}} alerte dans ce récapitulatif',
    many: '{{severity}} en tête\u00a0: {{n}} d’alertes',
    other: '{{severity}} en tête\u00a0: {{n}} alertes',
  },
  'digest.subjectNone': 'Aucune alerte pour cette période',
  'digest.title': { one: '{{n}} alerte', many: '{{n}} d’alertes', other: '{{n}} alertes' },
  'digest.none': 'Rien de ce que vous avez demandé à savoir n’a été constaté pendant cette période.',
  'digest.more': {
    one: '{{n}} autre alerte n’est pas reprise dans ce message\u00a0; vous la trouverez dans le registre.',
    many: '{{n}} d’autres alertes ne sont pas reprises dans ce message\u00a0; vous les trouverez dans le registre.',
    other: '{{n}} autres alertes ne sont pas reprises dans ce message\u00a0; vous les trouverez dans le registre.',
  },

  'test.subject': 'Essai des alertes de {{ledger}}',
  'test.title': 'Les alertes vous parviennent',
  'test.body':
    'Quelqu’un a demandé ce message pour vérifier que les alertes arrivent à cette adresse. Vous n’avez rien à faire.',

  'disabled.subject': 'Les alertes ne sont plus envoyées à votre adresse de livraison (webhook)',
  'disabled.failing':
    'L’adresse de livraison a été désactivée, car tous les envois vers elle échouent depuis une semaine.',
  'disabled.gone':
    'L’adresse de livraison a été désactivée, car elle a répondu 410\u00a0: elle n’existe plus, définitivement.',
  'disabled.next': 'Quand l’adresse fonctionnera de nouveau, réactivez l’abonnement.',
  'disabled.kept':
    'Rien n’est perdu\u00a0: les alertes restent dans le registre, et tous les envois depuis une date donnée peuvent être refaits.',
};
