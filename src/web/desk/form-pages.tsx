import type { VNode } from 'preact';
import type { Say } from '../say.js';
import { type Page, useSay } from '../ui/frame.js';
import type { FormData, ReceiveData } from './desk-data.js';
import { Island, deskParts } from './island.js';

function Kicker(): VNode {
  const say = useSay();
  return (
    <div class="kicker">
      <a href="/desk">{say.word('part.desk')}</a>
    </div>
  );
}

/** Returns the page on which lots on their way to the reader are received or rejected. */
export const receivePage = (say: Say, data: ReceiveData): Page => ({
  title: say.word('desk.receive'),
  ...deskParts,
  body: (
    <>
      <Kicker />
      <h1>{receiveTitle(say, data)}</h1>
      <p class="lede">{say.word('desk.receive.explained')}</p>
      <Island name="receive" props={data} />
    </>
  ),
});

function receiveTitle(say: Say, { lots }: ReceiveData): string {
  const from = [...new Set(lots.map((lot) => lot.from))];
  return from.length === 1
    ? say.count('desk.receiveFrom', lots.length, { from: from[0] ?? '' })
    : say.count('desk.receiveLots', lots.length);
}

/** Returns the page of one action on lots that the reader holds. */
export const formPage = (say: Say, title: string, data: FormData): Page => ({
  title,
  ...deskParts,
  body: (
    <>
      <Kicker />
      <h1>{title}</h1>
      <p class="lede">{say.word('desk.form.explained')}</p>
      <Island name="form" props={data} />
    </>
  ),
});

/** Returns the page of the events that this browser has signed. */
export const outboxPage = (say: Say): Page => ({
  title: say.word('desk.outbox'),
  ...deskParts,
  body: (
    <>
      <Kicker />
      <h1>{say.word('desk.outbox')}</h1>
      <p class="lede">{say.word('desk.outbox.explained')}</p>
      <Island name="outbox" props={{}} />
    </>
  ),
});
