import type { VNode } from 'preact';
import type { GoodsKind } from '../../core/rules/engine/goods-sought.js';
import type { Say } from '../say.js';
import { type Page, SearchForm, useSay } from '../ui/frame.js';
import type { WordKey } from '../say.js';

/** Something that a search found, with the page that it opens. */
export interface Hit {
  kind: 'lot' | 'event' | 'actor' | 'site' | 'tag' | 'rule' | 'finding' | GoodsKind;
  name: string;
  detail: string;
  path: string;
}

const kinds: Readonly<Record<Hit['kind'], WordKey>> = {
  lot: 'lot',
  event: 'event',
  actor: 'column.actor',
  site: 'column.site',
  tag: 'tag',
  rule: 'column.rule',
  finding: 'finding',
  seal: 'kind.seal',
  container: 'kind.container',
  certificate: 'kind.certificate',
  vehicle: 'kind.vehicle',
};

/** Returns what a search found: several things, or none. A single one is opened at once instead. */
export const searchPage = (say: Say, query: string, hits: readonly Hit[]): Page => ({
  title: query === '' ? say.word('search') : `${say.word('search')}: ${query}`,
  searches: true,
  body: <SearchBody query={query} hits={hits} />,
});

function SearchBody({ query, hits }: { query: string; hits: readonly Hit[] }): VNode {
  const say = useSay();
  return (
    <>
      <h1>{query === '' ? say.word('search') : say.count('search.found', hits.length, { query })}</h1>
      <SearchForm large value={query} />
      {hits.length === 0 ? <p class="lede more-space">{say.word('search.none')}</p> : null}
      <dl class="facts more-space">
        {hits.map(({ kind, name, detail, path }) => (
          <>
            <dt>{say.word(kinds[kind])}</dt>
            <dd>
              <a href={path}>{name}</a> <small>{detail}</small>
            </dd>
          </>
        ))}
      </dl>
    </>
  );
}
