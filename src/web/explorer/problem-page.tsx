import type { VNode } from 'preact';
import type { Problem } from '../../core/api/problem.js';
import { errorTitle } from '../error-titles.js';
import type { Say, WordKey } from '../say.js';
import { type Page, SearchForm, useSay } from '../ui/frame.js';
import { InEnglish } from '../ui/in-english.js';

/** Texts of what went wrong, by status; another status has that of its class. */
const texts: Readonly<Record<number, Kind>> = {
  400: 'wrong',
  401: 'signIn',
  403: 'notAllowed',
  404: 'absent',
  422: 'wrong',
  429: 'busy',
  503: 'busy',
};

/**
 * Returns the page of a problem: what happened, what to do, and the id of the request. What does not exist and what the
 * reader may not see have the same page.
 */
export function problemPage(say: Say, problem: Problem): Page {
  const kind =
    problem.code === 'token-invalid' ? 'ended' : (texts[problem.status] ?? (problem.status < 500 ? 'wrong' : 'failed'));
  return {
    title: say.word(`problem.${kind}`),
    narrow: true,
    searches: true,
    body: <ProblemBody problem={problem} kind={kind} />,
  };
}

type Kind = 'ended' | 'absent' | 'signIn' | 'notAllowed' | 'busy' | 'wrong' | 'failed';

function ProblemBody({ problem, kind }: { problem: Problem; kind: Kind }): VNode {
  const say = useSay();
  const next = `problem.${kind}.next` satisfies WordKey;
  return (
    <>
      <div class="kicker">{problem.status}</div>
      <h1>{say.word(`problem.${kind}`)}</h1>
      <p class="lede">{say.word(next)}</p>
      {kind === 'signIn' ? (
        <p>
          <a class="btn main" href="/signin">
            {say.word('signIn')}
          </a>
        </p>
      ) : null}
      {kind === 'wrong' ? (
        <>
          {say.language === 'en' ? null : <p>{errorTitle(say.language, problem.code)}</p>}
          <InEnglish say={say}>{problem.detail}</InEnglish>
        </>
      ) : null}
      {kind === 'ended' ? null : <SearchForm large />}
      {problem.request_id === undefined || problem.status < 500 ? null : (
        <p class="soft more-space">
          {say.word('problem.request')} <code>{problem.request_id}</code>
        </p>
      )}
    </>
  );
}
