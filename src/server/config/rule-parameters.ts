import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { loadSanctions } from './sanctions-file.js';
import { type Parameters, defaultParameters, parametersSchema } from '../../core/rules/index.js';

type Json = { [name: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Merges `change` into `base`, member by member; replaces lists as a whole. */
function over(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(change)])].map((name) => [
      name,
      name in change ? over(base[name], change[name]) : base[name],
    ]),
  );
}

const overrides = z.array(z.looseObject({ version: z.int().min(1), from: z.iso.date() })).min(1);

/** The thresholds of the rules, in sets that each apply from a day on. */
export class RuleParameters {
  /** @param sets by the day from which they apply, the earliest first. */
  private constructor(readonly sets: readonly Parameters[]) {}

  /** Wraps sets that another thread has loaded. */
  static of(sets: readonly Parameters[]): RuleParameters {
    return new RuleParameters(sets);
  }

  /** Loads the sets of Adit and those of a file over them, with a list of sanctions. Throws with the fault of a file. */
  static load(file: string | null, sanctionsFile: string | null = null): RuleParameters {
    const sets = file === null ? [defaultParameters] : RuleParameters.setsIn(file);
    if (sanctionsFile === null) return new RuleParameters(sets);
    const list = loadSanctions(sanctionsFile);
    return new RuleParameters(sets.map((set) => ({ ...set, sanctionedParty: { ...set.sanctionedParty, list } })));
  }

  private static setsIn(file: string): Parameters[] {
    const wrong = (detail: string): Error => new Error(`The rule parameters in ${file} cannot be used: ${detail}`);
    let given: unknown;
    try {
      given = JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      throw wrong(error instanceof Error ? error.message : String(error));
    }
    const listed = overrides.safeParse(given);
    if (!listed.success) throw wrong(z.prettifyError(listed.error));
    const sets: Parameters[] = [defaultParameters];
    for (const change of listed.data.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
      const merged = parametersSchema.safeParse(over(sets.at(-1), change));
      if (!merged.success) throw wrong(z.prettifyError(merged.error));
      sets.push(merged.data);
    }
    return sets;
  }

  /** Returns the set in force at a time of the log, ms since 1970 UTC. */
  asOf(now: number | null): Parameters {
    const today = now === null ? '' : new Date(now).toISOString().slice(0, 10);
    return this.sets.findLast(({ from }) => from <= today) ?? (this.sets[0] as Parameters);
  }
}
