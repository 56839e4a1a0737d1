import type { Words } from './words.js';

export const es: Words = {
  colon: ': ',

  'severity.low': 'Baja',
  'severity.medium': 'Media',
  'severity.high': 'Alta',
  'severity.critical': 'Crítica',

  'status.open': 'abierta',
  'status.acknowledged': 'en curso',
  'status.resolved': 'resuelta',
  'status.regressed': 'reaparecida',
  'status.escalated': 'sin respuesta',
  'status.silenced': 'silenciada',

  'subject.opened': '{{severity}}: {{title}}',
  'subject.updated': '{{severity}}, con cambios: {{title}}',
  'subject.regressed': '{{severity}}, reaparecida: {{title}}',
  'subject.acknowledged': '{{severity}}, en curso: {{title}}',
  'subject.resolved': '{{severity}}, resuelta: {{title}}',
  'subject.escalated': '{{severity}}, sin respuesta: {{title}}',

  'kind.opened': 'Esta alerta es nueva.',
  'kind.updated': 'Esta alerta ha cambiado desde el último aviso que recibió.',
  'kind.regressed': 'Esta alerta se había cerrado o atendido, y su causa ha vuelto a aparecer.',
  'kind.acknowledged': 'Alguien se está ocupando de esta alerta.',
  'kind.resolved': 'Esta alerta está resuelta: su causa ha desaparecido, o se descartó con un motivo.',
  'kind.escalated': 'Nadie ha respondido a esta alerta dentro del plazo. Por eso se le avisa ahora.',

  andMore: { one: '(y {{n}} más)', many: '(y {{n}} más)', other: '(y {{n}} más)' },
  moreItems: { one: 'y {{n}} más', many: 'y {{n}} más', other: 'y {{n}} más' },
  inhibited: {
    one: '{{n}} alerta que se deriva de esta queda retenida y se cuenta aquí.',
    many: '{{n}} de alertas que se derivan de esta quedan retenidas y se cuentan aquí.',
    other: '{{n}} alertas que se derivan de esta quedan retenidas y se cuentan aquí.',
  },
  descendants: {
    one: '{{n}} lote procede de los que aquí se nombran; su valoración también ha cambiado.',
    many: '{{n}} de lotes proceden de los que aquí se nombran; su valoración también ha cambiado.',
    other: '{{n}} lotes proceden de los que aquí se nombran; su valoración también ha cambiado.',
  },

  'label.severity': 'Gravedad',
  'label.status': 'Estado',
  'label.measured': 'Valor constatado',
  'label.limit': 'Límite',
  'label.opened': 'Abierta el',
  'label.due': 'Responder antes del',
  'label.wasDue': 'Debía responderse antes del',
  'label.count': 'Hallazgos reunidos en esta alerta',
  'label.group': 'Agrupados por',
  'label.rule': 'Regla',
  'label.lots': 'Lotes',
  'label.events': 'Eventos que lo muestran',
  'label.detail': 'En palabras del registro (en inglés)',
  'label.ledger': 'Registro',
  'label.period': 'Periodo',
  'label.endpoint': 'Punto de entrega',
  'label.since': 'Con fallos desde el',

  'group.consignment': 'envío',
  'group.site': 'sitio minero',
  'group.root': 'causa de origen',

  'link.alert': 'Ver la alerta y responder',
  'link.rule': 'Qué significa esta regla y qué no significa',
  'link.bundle': 'El expediente de pruebas',
  'link.report': 'El informe del lote',
  'link.manage': 'Cambiar o dejar de recibir estos correos',

  'check.heading': 'Cómo comprobarlo sin fiarse de este correo',
  'check.download': 'Descargue el expediente de pruebas y verifíquelo en su propio equipo:',
  'check.noBundle':
    'Pida al registro el expediente de pruebas de un lote que le concierna y verifíquelo en su propio equipo:',
  'check.key': 'Obtenga la clave del diario de alguien en quien confíe, no de este correo.',
  'check.events':
    'El expediente debe contener los eventos citados arriba, con los mismos identificadores y en los mismos asientos del diario.',

  entry: 'asiento {{index}}',
  question: 'Una alerta es una pregunta, no una acusación.',

  'footer.why': 'Recibe este correo porque las alertas del registro {{ledger}} se comunican a esta dirección.',
  'footer.automatic': 'Lo ha enviado un programa. Nadie lee las respuestas.',

  'digest.subject': {
    one: '{{severity}}: {{n}} alerta en este resumen',
    many: '{{severity}} primero: {{n}} de alertas',
    other: '{{severity}} primero: {{n}} alertas',
  },
  'digest.subjectNone': 'Ninguna alerta en este periodo',
  'digest.title': { one: '{{n}} alerta', many: '{{n}} de alertas', other: '{{n}} alertas' },
  'digest.none': 'En este periodo no se ha hallado nada de lo que pidió que se le avisara.',
  'digest.more': {
    one: '{{n}} alerta más no aparece en este correo; la encontrará en el registro.',
    many: '{{n}} de alertas más no aparecen en este correo; las encontrará en el registro.',
    other: '{{n}} alertas más no aparecen en este correo; las encontrará en el registro.',
  },

  'test.subject': 'Prueba de las alertas de {{ledger}}',
  'test.title': 'Las alertas le llegan',
  'test.body':
    'Alguien pidió este correo para comprobar que las alertas llegan a esta dirección. No tiene que hacer nada.',

  'disabled.subject': 'Ya no se envían alertas a su punto de entrega (webhook)',
  'disabled.failing': 'El punto de entrega se ha desactivado porque todos los envíos fallan desde hace una semana.',
  'disabled.gone': 'El punto de entrega se ha desactivado porque respondió 410: ya no existe.',
  'disabled.next': 'Cuando el punto de entrega vuelva a funcionar, active de nuevo la suscripción.',
  'disabled.kept':
    'No se pierde nada: las alertas siguen en el registro, y todos los envíos desde una fecha pueden repetirse.',
};
