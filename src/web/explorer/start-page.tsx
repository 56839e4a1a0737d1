import type { VNode } from 'preact';
import type { Ledger } from '../../core/api/ledger.js';
import type { Witnessing } from '../../core/api/witnessing.js';
import type { Say } from '../say.js';
import { Time } from '../ui/chips.js';
import { Heading, type Page, SearchForm, useSay } from '../ui/frame.js';

export interface StartPageData {
  ledger: Ledger;
  witnessing: Witnessing | null;
  /** The log's newest time; null before its first. */
  newest: string | null;
}

/** Returns the start page: what this ledger is, the search, and what its log is worth. */
export const startPage = (data: StartPageData): Page => ({
  title: data.ledger.origin,
  searches: true,
  body: <StartBody {...data} />,
});

function StartBody({ ledger, witnessing, newest }: StartPageData): VNode {
  const say = useSay();
  const witnesses = witnessing?.witnesses ?? [];
  return (
    <>
      <div class="kicker">{ledger.origin}</div>
      <h1>{say.word('start.sentence')}</h1>
      <p class="lede">{say.word(ledger.opened ? 'start.lede' : 'start.notOpen')}</p>
      <SearchForm large />
      <dl class="bits">
        <div>
          <dt>{say.word('start.entries')}</dt>
          <dd>{say.number(ledger.size)}</dd>
        </div>
        {newest === null ? null : (
          <div>
            <dt>{say.word('start.newest')}</dt>
            <dd>
              <Time at={newest} />
            </dd>
          </div>
        )}
        <div>
          <dt>{say.word('start.witnesses')}</dt>
          <dd>{witnesses.length === 0 ? say.word('start.noWitness') : say.number(witnesses.length)}</dd>
        </div>
      </dl>
      <div class="cols">
        <section>
          <Heading>{say.word('start.look')}</Heading>
          <Links
            links={[
              ['/lots', 'part.lots', 'lots.explained'],
              ['/findings', 'part.findings', 'findings.explained'],
              ['/sites', 'part.sites', 'sites.explained'],
              ['/actors', 'part.actors', 'actors.explained'],
              ['/rules', 'part.rules', 'rules.explained'],
              ['/log', 'part.log', 'log.explained'],
            ]}
          />
        </section>
        <Aside logKey={ledger.logKey} />
      </div>
    </>
  );
}

function Aside({ logKey }: { logKey: string }): VNode {
  const say = useSay();
  return (
    <aside>
      <section class="note">
        <h2>{say.word('limits')}</h2>
        <p>{say.word('limits.text')}</p>
      </section>
      <section>
        <Heading>{say.word('start.check')}</Heading>
        <ol class="steps">
          {(['start.check1', 'start.check2', 'start.check3'] as const).map((key, i) => (
            <li key={key}>
              <span class="soft">{i + 1}</span>
              <span>{say.word(key)}</span>
            </li>
          ))}
        </ol>
        <p class="soft">
          <code>{logKey}</code>
        </p>
      </section>
      <section>
        <Heading>{say.word('start.programs')}</Heading>
        <p>
          <a href="/docs">{say.word('foot.api')}</a> · <a href="/openapi.json">OpenAPI</a> ·{' '}
          <a href="/errors">{say.word('start.errors')}</a>
        </p>
      </section>
    </aside>
  );
}

type WordKey = Parameters<Say['word']>[0];

function Links({ links }: { links: readonly (readonly [string, WordKey, WordKey])[] }): VNode {
  const say = useSay();
  return (
    <dl class="facts">
      {links.map(([path, name, text]) => (
        <>
          <dt>
            <a href={path}>{say.word(name)}</a>
          </dt>
          <dd class="soft">{say.word(text)}</dd>
        </>
      ))}
    </dl>
  );
}
