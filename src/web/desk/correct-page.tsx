import type { CorrectableClaim } from '../../core/event/correctable.js';
import type { Say } from '../say.js';
import { shortId } from '../ui/chips.js';
import type { Page } from '../ui/frame.js';
import { Island, deskParts } from './island.js';
import type { MassUnit } from './typed.js';

/** A claim on the page of corrections, with its present value as people would type it. */
export interface ShownClaim extends CorrectableClaim {
  shown: string;
}

/** What the page of corrections works with. */
export interface CorrectData {
  event: string;
  claims: ShownClaim[];
  unit: MassUnit;
}

/** Returns a value as people would type it, so that only what is changed is a correction. */
export function textOfClaim({ field: { kind }, value }: CorrectableClaim): string {
  if (value === undefined || value === null) return '';
  if (kind === 'mass') {
    const { value: amount, uom } = value as { value: string; uom: string };
    return `${amount} ${{ KGM: 'kg', GRM: 'g', TNE: 't' }[uom] ?? uom}`;
  }
  if (kind === 'grades')
    return (value as { analyte: string; value: string; uom: string; basis: string }[])
      .map(
        ({ analyte, value: part, uom, basis }) =>
          `${analyte} ${part} ${{ P1: '%', NX: '‰', '59': 'ppm' }[uom] ?? uom} ${basis}`,
      )
      .join('; ');
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(', ');
}

/** Returns the page on which the signer of an event corrects its claims. */
export const correctPage = (say: Say, type: string, data: CorrectData): Page => ({
  title: say.word('desk.correct'),
  ...deskParts,
  body: (
    <>
      <div class="kicker">
        <a href={`/events/${data.event}`}>
          {say.coded('event', type)} {shortId(data.event)}
        </a>
      </div>
      <h1>{say.word('desk.correct.title')}</h1>
      <p class="lede">{say.word('desk.correct.explained')}</p>
      <Island name="correct" props={data} />
    </>
  ),
});
