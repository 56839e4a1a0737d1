import type { LotState } from '../../core/api/lot.js';
import type { Say } from '../say.js';
import { calledLot, Lot } from '../ui/chips.js';
import type { Page } from '../ui/frame.js';
import { Island, deskParts } from './island.js';

/** Returns the page on which the holder of a lot shares it, grants access to it, and sees who read it. */
export const accessPage = (say: Say, { id, tags, lotNumber }: LotState): Page => ({
  title: say.word('desk.access'),
  ...deskParts,
  part: 'lots',
  body: (
    <>
      <div class="kicker">
        <Lot id={id} tag={tags[0]} lotNumber={lotNumber} />
      </div>
      <h1>{say.word('desk.access.title', { lot: calledLot({ id, tags, lotNumber }) })}</h1>
      <p class="lede">{say.word('desk.access.explained')}</p>
      <Island name="access" props={{ lot: id }} />
    </>
  ),
});
