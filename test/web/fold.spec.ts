import { describe, expect, it } from '@jest/globals';
import type { Lineage } from '../../src/core/api/lot.js';
import { foldLineage, groupsOf } from '../../src/web/explorer/fold.js';

const mass = { value: '10', uom: 'KGM' };
const idOf = (name: string): string => name;

/** A lineage of generations of the given widths, each lot made of all of the generation before. */
function lineageOf(edges: readonly (readonly [string, string])[]): Lineage {
  const names = [...new Set(edges.flat())];
  return {
    lot: 'own',
    direction: 'upstream',
    nodes: names.map((lot) => ({ lot: idOf(lot), status: 'consumed', holder: 'a', mass })),
    edges: edges.map(([from, to]) => ({ from, to, event: 'e', mass })),
    truncated: false,
  };
}

describe('folding a lineage', () => {
  it('makes one box of the drums that one lot was split into and that went into one other', () => {
    const drums = Array.from({ length: 48 }, (_, i) => `drum-${i}`);
    const lineage = lineageOf(drums.flatMap((drum) => [['blend', drum] as const, [drum, 'own'] as const]));
    const { boxes, flows } = foldLineage(lineage);
    expect(boxes.map(({ lots }) => lots.length).toSorted((a, b) => a - b)).toEqual([1, 1, 48]);
    expect(flows.map(({ mass: sum }) => sum)).toEqual([480, 480]);
  });

  it('keeps lots apart whose neighbours differ', () => {
    const { boxes } = foldLineage(
      lineageOf([
        ['a', 'x'],
        ['b', 'y'],
        ['x', 'own'],
        ['y', 'own'],
      ]),
    );
    expect(boxes).toHaveLength(5);
  });

  it('never draws more than a few dozen boxes, and no lot or mass is lost', () => {
    const edges = Array.from({ length: 5_000 }, (_, i) => [
      [`mine-${i}`, `bag-${i}`] as const,
      [`bag-${i}`, `lot-${i % 97}`] as const,
    ]).flat();
    const lots = Array.from({ length: 97 }, (_, i) => [`lot-${i}`, 'own'] as const);
    const lineage = lineageOf([...edges, ...lots]);
    const began = performance.now();
    const { boxes, flows } = foldLineage(lineage);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(boxes.length).toBeLessThanOrEqual(60);
    expect(boxes.flatMap((box) => box.lots).toSorted()).toEqual(lineage.nodes.map(({ lot }) => lot).toSorted());
    expect(flows.reduce((sum, flow) => sum + flow.mass, 0)).toBe(lineage.edges.length * 10);
  });

  it('reads the chain of every lot that was declared, and of one of each kind of the others', () => {
    const groups = groupsOf(
      lineageOf([
        ['a', 'x'],
        ['b', 'x'],
        ['x', 'own'],
      ]),
    );
    expect(new Set(groups.map(([first]) => first))).toEqual(new Set(['a', 'b', 'own', 'x']));
  });
});
