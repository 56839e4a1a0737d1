import type { Say } from '../say.js';
import type { PassportData } from '../../core/api/access/passport.js';

/** The texts of a passport in one language: the page and the certificate have the same. */
export interface PassportWords {
  sentence: string;
  lede: string;
  verdicts: readonly { axis: 'record' | 'custody' | 'risk'; name: string; word: string; reason: string }[];
  steps: readonly { month: string; text: string }[];
  facts: readonly (readonly [name: string, value: string])[];
}

/** Returns the first moment of a month such as "2026-05". */
const monthStart = (month: string): string => `${month}-01T00:00:00Z`;

const listOf = (say: Say, items: readonly string[]): string =>
  new Intl.ListFormat(say.language, { type: 'conjunction' }).format(items);

/** Returns the goods of a passport in words. */
const passportGoods = (say: Say, { mineral, form }: Pick<PassportData, 'mineral' | 'form'>): string =>
  say.word('goods', { mineral: say.coded('ofMineral', mineral), form: say.coded('form', form) });

/** Returns the texts of a passport. */
export function passportWords(say: Say, data: PassportData): PassportWords {
  const { verdicts, countries, mineral } = data;
  const values = { mass: say.roundMass(data.mass, mineral), goods: passportGoods(say, data) };
  const where = listOf(
    say,
    countries.map((code) => say.country(code)),
  );
  return {
    sentence:
      countries.length === 0
        ? say.word('passport.sentence', values)
        : say.word('passport.sentenceFrom', { ...values, where }),
    lede: [
      say.count('lede.hands', data.hands),
      say.word(verdicts.record === 'intact' ? 'lede.intact' : 'lede.broken'),
      say.word(`lede.custody.${verdicts.custody}`),
      ...(data.handedOn === null
        ? []
        : [say.word('passport.handedOn', { month: say.month(monthStart(data.handedOn)) })]),
    ].join(' '),
    verdicts: [
      {
        axis: 'record',
        name: say.word('verdict.record'),
        word: say.coded('record', verdicts.record),
        reason:
          data.verified < data.size
            ? say.count('reason.behind', data.size - data.verified)
            : say.word('reason.checked', { size: say.number(data.verified) }),
      },
      {
        axis: 'custody',
        name: say.word('verdict.custody'),
        word: say.coded('custody', verdicts.custody),
        reason: say.word('reason.traced', { share: say.share(data.tracedToSite) }),
      },
      {
        axis: 'risk',
        name: say.word('verdict.risk'),
        word: say.coded('risk', verdicts.risk),
        reason: data.findings === 0 ? say.word('reason.noFindings') : say.count('reason.findings', data.findings),
      },
    ],
    steps: data.steps.map(({ month, type, country, mass }) => ({
      month: say.month(monthStart(month)),
      text: [
        say.coded('event', type),
        ...(country === null ? [] : [say.country(country)]),
        ...(mass === null ? [] : [say.mass(mass, mineral)]),
      ].join(' · '),
    })),
    facts: [
      [say.word('passport.code'), data.code],
      [say.word('passport.asOf'), say.date(data.asOf)],
      [say.word('part.log'), `${data.log}, ${say.count('log.entries', data.size)}`],
      [say.word('log.checkpoint'), data.root],
    ],
  };
}
