import * as z from 'zod';
import { byMassBalance } from '../engine/evidence.js';
import { massText } from '../../words.js';
import { judgesEach } from '../engine/each-event.js';
import * as parameter from '../engine/parameter.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { type moistureSchema, gainOf } from './mass-balance.js';
import type { massGained } from './mass-gained.js';
import { type Process, type Recovery, fedWith, recoveriesOf } from './recoveries.js';

const schema = {
  yieldImplausible: z.strictObject({
    severity: parameter.severity.default('high'),
    severityNear: parameter.severity.default('medium').describe('Where it is near the window'),
    near: parameter.partsPerMillion
      .default(20_000)
      .describe(
        'Distance from the window up to which assays may explain it, parts per million; half its width at most',
      ),
    windows: z
      .array(
        z.strictObject({
          process: parameter.codes,
          mineral: z.string().nullable(),
          inputForm: z.string().nullable(),
          from: parameter.partsPerMillion,
          to: parameter.partsPerMillion,
        }),
      )
      .default([
        { process: ['gravity', 'magnetic'], mineral: null, inputForm: null, from: 850_000, to: 990_000 },
        { process: ['wash'], mineral: null, inputForm: null, from: 300_000, to: 900_000 },
        { process: ['melt', 'cast', 'smelt'], mineral: 'gold', inputForm: 'dore', from: 980_000, to: 1_005_000 },
        { process: ['melt', 'cast', 'smelt'], mineral: 'gold', inputForm: null, from: 900_000, to: 1_005_000 },
        { process: ['smelt'], mineral: 'cassiterite', inputForm: null, from: 930_000, to: 995_000 },
        { process: ['leach'], mineral: 'cobalt', inputForm: 'ore', from: 650_000, to: 920_000 },
        { process: ['refine'], mineral: 'gold', inputForm: null, from: 995_000, to: 1_005_000 },
      ])
      .describe(
        'Recovered share of metal, parts per million, by process, mineral and form of all inputs (null: any); the first matching line counts. Above 100 %: errors of the assays',
      ),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof moistureSchema & typeof massGained.parameters>;

const MILLION = 1_000_000n;

type Window = Parameters['yieldImplausible']['windows'][number];

/** Returns the recovery that is known of a process; null: none is. */
export function windowOf(
  process: string,
  fed: { mineral: string; form: string },
  { yieldImplausible }: ValuesOf<typeof schema>,
): Window | null {
  return (
    yieldImplausible.windows.find(
      (window) =>
        window.process.includes(process) &&
        (window.mineral === null || window.mineral === fed.mineral) &&
        (window.inputForm === null || window.inputForm === fed.form),
    ) ?? null
  );
}

/** A recovered share outside its window, parts per million, and the metal behind it, mg. */
interface Outside {
  share: bigint;
  isMore: boolean;
  metalIn: bigint;
  metalOut: bigint;
}

/** Returns the recovered share that is certainly outside a window; null: it may be inside. */
function outside({ leastIn, mostIn, leastOut, mostOut }: Recovery, { from, to }: Window): Outside | null {
  if (mostOut * MILLION < leastIn * BigInt(from))
    return { share: (mostOut * MILLION) / leastIn, isMore: false, metalIn: leastIn, metalOut: mostOut };
  if (leastOut * MILLION > mostIn * BigInt(to))
    return { share: (leastOut * MILLION) / mostIn, isMore: true, metalIn: mostIn, metalOut: leastOut };
  return null;
}

/** Returns whether `mass-gained` finds more metal than went in, so that it is one finding. */
function isGained({ mostIn, leastOut }: Recovery, mineral: string, { massGained }: Parameters): boolean {
  return gainOf(mostIn, leastOut, parameter.toleranceFor(massGained.metal, mineral)).band !== 'ok';
}

/** Returns whether a share is so near its window that two assays may make the difference. */
function isNear(share: bigint, { from, to }: Window, near: number): boolean {
  const distance = Math.min(near, Math.floor((to - from) / 2));
  return share >= BigInt(from - distance) && share <= BigInt(to + distance);
}

const percent = (share: bigint): string => `${Number(share / 100n) / 100} %`;

function detailOf(entry: Process, analyte: string, measured: Outside, threshold: string): string {
  const { iss, payload } = entry.event;
  const { share, isMore, metalIn, metalOut } = measured;
  const likely = isMore
    ? 'Likeliest: the feed was assayed too low, or stock of an earlier batch is in it; at worst metal of unknown origin was added.'
    : 'Likeliest: a poor batch, or residues that are not written down; at worst metal was kept back.';
  return `${iss} recovered ${percent(share)} of the ${analyte} by ${payload.process} (${massText(metalOut)} of ${massText(metalIn)}); ${threshold} is known of it. ${likely} The batch sheet of the plant, with both assays, settles it.`;
}

export const yieldImplausible: Rule<typeof schema, Parameters> = {
  id: 'yield-implausible',
  version: 3,
  group: 'mass',
  title: 'A process recovers more or less than it can',
  means: 'The metal in the outputs over that in the inputs lies outside what the process is known to recover.',
  doesNotMean:
    'That metal was added or taken out: a wrong assay of the feed looks the same. Much more metal than went in is the matter of mass-gained.',
  causes: {
    innocent: 'a wrong assay of the feed',
    bad: 'metal of unknown origin was added, or taken out',
  },
  advice:
    'Ask the plant for its batch sheet: feed, assays, residues. It closes when a wrong mass, grade or residue, or the name of the process, is corrected by `event.corrected`; a batch that really recovered so much or so little is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ yieldImplausible: { severity, severityNear, near, windows } }) =>
    `Recovery outside ${windows
      .map(
        ({ process, mineral, inputForm, from, to }) =>
          `${from / 1e4}–${to / 1e4} % (${process.join(', ')}${mineral === null ? '' : ` of ${mineral}`}${inputForm === null ? '' : ` ${inputForm}`})`,
      )
      .join(
        ', ',
      )}: ${severity}, or ${severityNear} up to ${near / 1e4} % (and half the width) outside. More metal than \`mass-gained\` allows is found there.`,
  standard: 'Metallurgical accounting (AMIRA P754); RMI recovery factors',
  evidence: byMassBalance,
  scope: ['chains', 'about'],
  ...judgesEach(['lot.processed'], (entry, facts, parameters: Parameters) => {
    const fed = fedWith(entry, facts);
    const window = windowOf(entry.event.payload.process, fed, parameters);
    if (window === null) return [];
    const { severity, severityNear, near } = parameters.yieldImplausible;
    return recoveriesOf(entry, facts, parameters.moistureAtMost).flatMap((recovery) => {
      const measured = outside(recovery, window);
      if (measured === null || isGained(recovery, fed.mineral, parameters)) return [];
      const threshold = `${percent(BigInt(window.from))} to ${percent(BigInt(window.to))}`;
      return [
        {
          severity: isNear(measured.share, window, near) ? severityNear : severity,
          cause: recovery.analyte,
          measured: percent(measured.share),
          threshold,
          detail: detailOf(entry, recovery.analyte, measured, threshold),
        },
      ];
    });
  }),
};
