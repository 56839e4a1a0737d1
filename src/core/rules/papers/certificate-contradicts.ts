import * as z from 'zod';
import { byContradiction } from '../engine/evidence.js';
import { dateMs } from '../../event/primitives.js';
import { massText } from '../../words.js';
import { dayOf } from '../engine/day.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { stateAlong } from '../engine/chain-states.js';
import { siteBelow } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { certificateSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';
import { certificateFacts } from './certificate-facts.js';

const schema = {
  certificateContradicts: z.strictObject({
    severity: parameter.severity.default('high'),
    originShare: parameter.partsPerMillion
      .default(10_000)
      .describe('Share of the mass of a country that a certificate may leave out, parts per million'),
    bornAfterDays: parameter.days
      .default(2)
      .describe('Days after its certificate from which a lot that begins contradicts it'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type Certificate = JudgedOf<'certificate.issued'>;

const DAY = 86_400_000;
const MILLION = 1_000_000n;

const daysBetween = (from: string, to: string): number => ((dateMs(to) ?? 0) - (dateMs(from) ?? 0)) / DAY;

/** Sums the mass of lots by the country of the sites that they come from, mg, and lists the lots of each country. */
function originsOf(
  lots: readonly string[],
  index: number,
  facts: Facts,
): Map<string, { mass: bigint; lots: Set<string> }> {
  const countries = new Map<string, { mass: bigint; lots: Set<string> }>();
  for (const lot of lots)
    for (const { site, mass } of facts.lots.get(lot)?.origins ?? []) {
      const country = siteBelow(facts, site, index)?.country;
      if (country === undefined) continue;
      const known = countries.get(country) ?? { mass: 0n, lots: new Set<string>() };
      countries.set(country, { mass: known.mass + mass, lots: known.lots.add(lot) });
    }
  return countries;
}

/** Finds countries of origin, by the lineage of some lots, that their certificate leaves out. */
function originsLeftOut(
  lots: readonly string[],
  { event }: Certificate,
  entry: JudgedEvent,
  facts: Facts,
  { certificateContradicts: { severity, originShare } }: Parameters,
): EventObservation[] {
  const countries = originsOf(lots, entry.index, facts);
  const total = [...countries.values()].reduce((sum, { mass }) => sum + mass, 0n);
  const { serial, originCountries } = event.payload;
  const leftOut = [...countries].filter(
    ([country, { mass }]) => !originCountries.includes(country) && mass * MILLION > total * BigInt(originShare),
  );
  if (leftOut.length === 0) return [];
  const mass = leftOut.reduce((sum, [, one]) => sum + one.mass, 0n);
  const concerned = [...new Set(leftOut.flatMap(([, one]) => [...one.lots]))];
  const share = (Number((mass * 1_000n) / total) / 10).toFixed(1);
  const names = leftOut
    .map(([country]) => country)
    .toSorted()
    .join(', ');
  const mineral = facts.lots.get(concerned[0] ?? '')?.mineral ?? 'mineral';
  return [
    {
      severity,
      cause: 'origin',
      root: certificateSubject(serial),
      lots: concerned,
      events: [...new Set([event.id, entry.event.id])],
      measured: `${share} % ${names}`,
      threshold: originCountries.join(', '),
      detail: `Certificate ${serial} of ${event.payload.issuedOn} names ${originCountries.join(', ')} as origin; by the ledger ${massText(mass, mineral)} of ${massText(total, mineral)} (${share} %) come from sites in ${names}. Likeliest: a bag of the load was overlooked; or foreign mineral is given a local origin.`,
    },
  ];
}

/** Finds lots that began after the day of their certificate. */
function bornLater(entry: Certificate, { chains }: Facts, { certificateContradicts }: Parameters): EventObservation[] {
  const { severity, bornAfterDays } = certificateContradicts;
  const { serial, lots, issuedOn } = entry.event.payload;
  const later = lots.flatMap((lot) => {
    const birth = chains.get(lot)?.[0];
    const days = birth === undefined ? 0 : daysBetween(issuedOn, dayOf(birth.event));
    return birth !== undefined && days >= bornAfterDays ? [{ lot, birth, days }] : [];
  });
  const [first] = later;
  if (first === undefined) return [];
  return [
    {
      severity,
      cause: 'date',
      root: certificateSubject(serial),
      lots: later.map(({ lot }) => lot),
      events: [...new Set(later.map(({ birth }) => birth.event.id)), entry.event.id],
      measured: issuedOn,
      threshold: dayOf(first.birth.event),
      detail: `Certificate ${serial} was issued on ${issuedOn} for a lot that exists since ${dayOf(first.birth.event)}, ${first.days} days later. Likeliest: a mistyped date; or a certificate made out in advance, before the goods existed.`,
    },
  ];
}

/** Returns the newest export on a chain before an index, unless the lot was imported since. */
const leftWith = stateAlong<JudgedOf<'lot.exported'>>((entry, _lot, before) =>
  isType(entry, 'lot.exported') ? entry : isType(entry, 'lot.imported') ? null : before,
);

/** Finds lots that had left the country before the day of their certificate, under another one or none. */
function leftBefore(entry: Certificate, { chains }: Facts, { certificateContradicts }: Parameters): EventObservation[] {
  const { serial, lots, issuedOn } = entry.event.payload;
  const left = lots.flatMap((lot) => {
    const out = leftWith(chains.get(lot) ?? [], lot, entry.index);
    if (out === null || out.event.payload.certificate === serial) return [];
    const days = daysBetween(dayOf(out.event), issuedOn);
    return days > 0 ? [{ lot, out, days }] : [];
  });
  const [first] = left;
  if (first === undefined) return [];
  return [
    {
      severity: certificateContradicts.severity,
      cause: 'exported',
      root: certificateSubject(serial),
      lots: left.map(({ lot }) => lot),
      events: [...new Set(left.map(({ out }) => out.event.id)), entry.event.id],
      measured: issuedOn,
      threshold: `before the export of ${dayOf(first.out.event)}`,
      detail: `Certificate ${serial} was issued on ${issuedOn} for goods that ${first.out.event.iss} had exported ${first.days} days before. Likeliest: a paper that was made up afterwards; or the certificate goes with other goods.`,
    },
  ];
}

/** Finds lots that are exported a second time from one country under another certificate, without having come back. */
function leftAgain(
  entry: JudgedOf<'lot.exported'>,
  { chains }: Facts,
  { certificateContradicts }: Parameters,
): EventObservation[] {
  const { iss, payload } = entry.event;
  const again = payload.lots.flatMap(({ lot }) => {
    const out = leftWith(chains.get(lot) ?? [], lot, entry.index);
    if (out === null || out.event.iss !== iss) return [];
    return out.event.payload.certificate === payload.certificate ? [] : [{ lot, out }];
  });
  const [first] = again;
  if (first === undefined) return [];
  return [
    {
      severity: certificateContradicts.severity,
      cause: 'twice',
      lots: again.map(({ lot }) => lot),
      events: [...new Set(again.map(({ out }) => out.event.id)), entry.event.id],
      measured: payload.certificate ?? 'no certificate',
      threshold: first.out.event.payload.certificate ?? 'no certificate',
      detail: `${iss} exported the same goods on ${dayOf(first.out.event)} and again on ${dayOf(entry.event)} under another certificate. Likeliest: the first entry was mistyped; or one lot is used to clear two shipments.`,
    },
  ];
}

function ofExport(entry: JudgedOf<'lot.exported'>, facts: Facts, parameters: Parameters): EventObservation[] {
  const { certificate, lots } = entry.event.payload;
  const issued = certificate === undefined ? null : certificateFacts(certificate, facts).issued;
  const others =
    issued === null ? [] : lots.map(({ lot }) => lot).filter((lot) => !issued.event.payload.lots.includes(lot));
  return [
    ...(issued === null ? [] : originsLeftOut(others, issued, entry, facts, parameters)),
    ...leftAgain(entry, facts, parameters),
  ];
}

const ofCertificate = (entry: Certificate, facts: Facts, parameters: Parameters): EventObservation[] => [
  ...originsLeftOut(entry.event.payload.lots, entry, entry, facts, parameters),
  ...bornLater(entry, facts, parameters),
  ...leftBefore(entry, facts, parameters),
];

export const certificateContradicts: Rule<typeof schema> = {
  id: 'certificate-contradicts',
  version: 1,
  group: 'tags',
  title: 'The certificate contradicts the ledger',
  means:
    'By the ledger the goods come from a country that their certificate leaves out, began after it was issued, or had already left; or the same goods are exported twice under two certificates.',
  doesNotMean:
    'That the certificate is forged: it may have been copied from the shipment before. The ledger may be wrong too, where a site is registered in the wrong country.',
  causes: {
    innocent: 'the certificate of the shipment before was copied',
    bad: 'the origin was hidden from the certifying office',
  },
  advice:
    'Show the authority that issued it the lineage of the lots, and ask whether it would issue the certificate again. A certificate made out wrongly is revoked and replaced by `certificate.revoked` and `certificate.issued`; what is right all the same is explained by `finding.answered` of the authority.',
  parameters: schema,
  describe: ({ certificateContradicts: { severity, originShare, bornAfterDays } }) =>
    `More than ${originShare / 1e4} % of the mass comes from sites of a country that is not among \`originCountries\`; or a lot begins ${bornAfterDays} days or more after \`issuedOn\`; or the lots were exported before that day under another certificate or none; or one exporter exports a lot again, not imported in between, under another certificate: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, ICGLR certificate (origin, lots)',
  evidence: byContradiction,
  scope: ['chains', 'about'],
  ...judgesEach(['certificate.issued', 'lot.exported'], (entry, facts, parameters: Parameters) => {
    if (isType(entry, 'certificate.issued')) return ofCertificate(entry, facts, parameters);
    return isType(entry, 'lot.exported') ? ofExport(entry, facts, parameters) : [];
  }),
};
