import type { VNode } from 'preact';
import type { ErrorPage } from '../../core/api/pages.js';
import { errorTitle } from '../error-titles.js';
import type { Say } from '../say.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { InEnglish } from '../ui/in-english.js';
import { Prose } from '../ui/prose.js';

/** Returns the list of all error codes. */
export const errorsPage = (say: Say, pages: readonly ErrorPage[]): Page => ({
  title: say.word('start.errors'),
  body: <Errors pages={pages} />,
});

function Errors({ pages }: { pages: readonly ErrorPage[] }): VNode {
  const say = useSay();
  return (
    <>
      <h1>{say.word('start.errors')}</h1>
      <p class="lede">{say.word('errors.explained')}</p>
      <dl class="facts more-space">
        {pages.map(({ code, title }) => (
          <>
            <dt>
              <a href={`/errors/${code}`}>
                <code>{code}</code>
              </a>
            </dt>
            <dd>
              <Prose text={errorTitle(say.language, code) ?? title} />
            </dd>
          </>
        ))}
      </dl>
    </>
  );
}

/** Returns the page of one error code: what it means, and what to do. */
export const errorPage = (say: Say, page: ErrorPage): Page => ({
  title: `${page.code}: ${errorTitle(say.language, page.code) ?? page.title}`,
  narrow: true,
  body: <ErrorBody {...page} />,
});

function ErrorBody({ code, status, title, meaning, remedy }: ErrorPage): VNode {
  const say = useSay();
  return (
    <>
      <div class="kicker">
        <code>{code}</code>
        <span>HTTP {status}</span>
      </div>
      <h1>
        <Prose text={errorTitle(say.language, code) ?? title} />
      </h1>
      <section>
        <Heading>{say.word('rule.means')}</Heading>
        <InEnglish say={say}>
          <Prose text={meaning} />
        </InEnglish>
      </section>
      <section>
        <Heading>{say.word('rule.whatToDo')}</Heading>
        <InEnglish say={say}>
          <Prose text={remedy} />
        </InEnglish>
      </section>
      <p class="more-space">
        <a href="/errors">{say.word('errors.all')}</a>
      </p>
    </>
  );
}
