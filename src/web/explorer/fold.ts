import type { Lineage } from '../../core/api/lot.js';
import { kilogramsOf } from '../say.js';

/** One box of the drawing: the lots with the same neighbours, such as the drums of one lot. */
export interface LineageBox {
  key: string;
  lots: string[];
  holders: string[];
  /** Kilograms. */
  mass: number;
}

interface LineageFlow {
  from: string;
  to: string;
  mass: number;
}

export interface FoldedLineage {
  boxes: LineageBox[];
  flows: LineageFlow[];
  truncated: boolean;
}

/** Boxes of one drawing at most; above, each generation is one box. */
const MAX_BOXES = 60;

/** Returns the generation of each lot: 0 for the lot itself, else one more than the greatest of those made of it. */
function generations({ lot, edges }: Lineage): Map<string, number> {
  const into = new Map<string, string[]>();
  for (const { from, to } of edges) into.set(to, [...(into.get(to) ?? []), from]);
  const found = new Map([[lot, 0]]);
  let frontier = [lot];
  for (let generation = 1; frontier.length > 0 && generation <= edges.length; generation += 1) {
    frontier = [...new Set(frontier.flatMap((one) => into.get(one) ?? []))];
    for (const one of frontier) found.set(one, generation);
  }
  return found;
}

function neighbours(edges: Lineage['edges']): (lot: string) => string {
  const of = new Map<string, Set<string>>();
  const add = (lot: string, neighbour: string): void => {
    const known = of.get(lot) ?? new Set();
    of.set(lot, known.add(neighbour));
  };
  for (const { from, to } of edges) {
    add(from, `>${to}`);
    add(to, `<${from}`);
  }
  return (lot) => [...(of.get(lot) ?? [])].toSorted().join();
}

/**
 * Groups lots with the same neighbours, the newest group first; lots that were not made of others are groups of their
 * own, because the event of each states its mass.
 */
export function groupsOf(lineage: Lineage): string[][] {
  const near = neighbours(lineage.edges);
  const made = new Set(lineage.edges.map(({ to }) => to));
  const groups = new Map<string, string[]>();
  for (const { lot } of lineage.nodes.toReversed()) {
    const key = made.has(lot) && lot !== lineage.lot ? near(lot) : lot;
    groups.set(key, [...(groups.get(key) ?? []), lot]);
  }
  return [...groups.values()];
}

/** Puts lots with the same neighbours into one box, and whole generations if there are still too many. */
export function foldLineage(lineage: Lineage): FoldedLineage {
  const generation = generations(lineage);
  const near = neighbours(lineage.edges);
  const byNeighbours = (lot: string): string => (lot === lineage.lot ? lot : near(lot));
  const byGeneration = (lot: string): string => String(generation.get(lot) ?? '?');
  const boxCount = new Set(lineage.nodes.map(({ lot }) => byNeighbours(lot))).size;
  const keyOf = boxCount > MAX_BOXES ? byGeneration : byNeighbours;
  const boxes = new Map<string, LineageBox>();
  for (const { lot, holder, mass } of lineage.nodes) {
    const key = keyOf(lot);
    const box = boxes.get(key) ?? { key: `b${boxes.size}`, lots: [], holders: [], mass: 0 };
    boxes.set(key, box);
    box.lots.push(lot);
    if (!box.holders.includes(holder)) box.holders.push(holder);
    box.mass += kilogramsOf(mass);
  }
  const flows = new Map<string, LineageFlow>();
  for (const { from, to, mass } of lineage.edges) {
    const [source, target] = [boxes.get(keyOf(from))?.key, boxes.get(keyOf(to))?.key];
    if (source === undefined || target === undefined || source === target) continue;
    const flow = flows.get(`${source} ${target}`) ?? { from: source, to: target, mass: 0 };
    flows.set(`${source} ${target}`, flow);
    flow.mass += kilogramsOf(mass);
  }
  return { boxes: [...boxes.values()], flows: [...flows.values()], truncated: lineage.truncated };
}
