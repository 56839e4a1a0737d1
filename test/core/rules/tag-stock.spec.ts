import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { tagStockDiffers } from '../../../src/core/rules/tags/tag-stock-differs.js';
import { tagsCounted } from '../../support/cases-tags.js';
import type { ScriptedLog } from '../../support/scripted-log.js';

const found = (log: ScriptedLog, from = 0): Finding[] =>
  judge(tagStockDiffers, log.facts(from), defaultParameters).findings;
const figures = (log: ScriptedLog): string[] =>
  found(log).map(({ measured, threshold }) => `${measured} of ${threshold}`);

describe('the unused tags of an operator', () => {
  it('are those issued less those put on and given back, but for a few', () => {
    for (const left of [447, 450, 453]) expect(figures(tagsCounted(left))).toEqual([]);
    expect(figures(tagsCounted(446))).toEqual(['446 tags left of 450 tags left']);
    const [finding] = found(tagsCounted(480));
    expect(finding).toMatchObject({ measured: '480 tags left', threshold: '450 tags left', root: 'actor:coop' });
    expect(finding?.detail).toContain('500 tags were issued to it and 50 tags were put on or given back');
    expect(finding?.detail).toContain('30 tags too many');
  });

  it('are counted on from the count before, so that one difference is found once', () => {
    const [first, ...more] = found(tagsCounted(400, 450));
    expect(first).toMatchObject({ measured: '450 tags left', threshold: '490 tags left' });
    expect(more).toEqual([]);
    expect(figures(tagsCounted(380, 450))).toContain('380 tags left of 400 tags left');
  });

  it('are judged again when a bag that is entered late was tagged before the count', () => {
    const log = tagsCounted(449, undefined, 30);
    expect(figures(log)).toEqual(['449 tags left of 460 tags left']);
    log.tell('lot.declared', {
      iss: 'coop',
      occurredAt: '2026-05-14T09:00:00Z',
      place: { site: 'hill' },
      outputs: Array.from({ length: 10 }, (_, n) => ({
        lot: `00000000-0000-8000-8000-0000000000${n + 10}`,
        mineral: 'cassiterite',
        form: 'concentrate',
        mass: { value: `4${n}.3`, uom: 'KGM' },
        tags: [`SYN-M-${n + 100}`],
      })),
    });
    expect(judge(tagStockDiffers, log.facts(log.entries.length - 1), defaultParameters)).toMatchObject({
      subjects: [log.entries.findLast(({ event }) => event.type === 'tags.voided')?.event.id],
      findings: [],
    });
  });

  it('are not compared over more than a year', () => {
    const log = tagsCounted(12);
    const late = log.entries.findLast(({ event }) => event.type === 'tags.voided');
    if (late !== undefined) late.event.occurredAtMs += 400 * 86_400_000;
    expect(found(log)).toEqual([]);
  });
});
