import type { CorrectData } from './corrections.js';
import type { Say } from '../say.js';
import { shortId } from '../ui/chips.js';
import type { Page } from '../ui/frame.js';
import { Island, deskParts } from './island.js';

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
