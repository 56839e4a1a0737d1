import type { AditClient } from '../../client/adit-client.js';
import { AditProblem } from '../../client/problem.js';
import type { ListedFinding } from '../../core/api/finding.js';
import { peekPayload } from '../../core/event/grammar.js';
import type { Verdicts } from '../../core/api/lot.js';
import type { Cast } from './cast.js';

/** The outcome of a scenario with its names of lots and numbers of steps. */
export interface Outcome {
  accepted: number;
  refused: { step: number; code: string }[];
  findings: { rule: string; severity: string; lots: string[]; steps: number[] }[];
  verdicts: Record<string, Verdicts>;
}

export async function findingsOf(client: AditClient, cast: Cast): Promise<Outcome['findings']> {
  const findings = new Map<string, Outcome['findings'][number]>();
  for await (const finding of client.findings({ status: 'open' })) {
    const said = await inWordsOf(client, cast, finding);
    // Two findings of one kind on the same lots count once.
    const key = [said.rule, said.severity, ...said.lots].join(' ');
    const steps = new Set([...(findings.get(key)?.steps ?? []), ...said.steps]);
    findings.set(key, { ...said, steps: [...steps].sort((a, b) => a - b) });
  }
  return [...findings.values()].sort((a, b) => (a.rule === b.rule ? 0 : a.rule < b.rule ? -1 : 1));
}

async function inWordsOf(client: AditClient, cast: Cast, finding: ListedFinding): Promise<Outcome['findings'][number]> {
  const { rule, severity, lots, events } = finding;
  const steps = new Set<number>();
  for (const id of events) {
    const step = cast.stepOf(id) ?? cast.stepOf(await refusedBy(client, id));
    if (step !== undefined) steps.add(step);
  }
  return { rule, severity, lots: lots.map((id) => cast.nameOf(id)).sort(), steps: [...steps].sort((a, b) => a - b) };
}

/** Returns the id of the refused event that an evidence entry names. */
async function refusedBy(client: AditClient, id: string): Promise<string> {
  const stored = await unlessTamperedWith(client.event(id));
  if (stored === null) return id;
  try {
    const payload = peekPayload(stored.event) as { event?: string };
    return payload.event ?? id;
  } catch {
    // The entry was tampered with and names nothing.
    return id;
  }
}

/** A lot that tampering removed has no verdicts, only findings. */
export async function verdictsOf(client: AditClient, cast: Cast): Promise<Outcome['verdicts']> {
  const verdicts: Outcome['verdicts'] = {};
  for (const [name, id] of cast.bornLots()) {
    const lot = await unlessTamperedWith(client.lot(id));
    if (lot !== null) verdicts[name] = lot.verdicts;
  }
  return verdicts;
}

async function unlessTamperedWith<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AditProblem) return null;
    throw error;
  }
}
