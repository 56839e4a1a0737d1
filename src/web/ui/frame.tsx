import { type ComponentChildren, createContext, type VNode } from 'preact';
import { useContext } from 'preact/hooks';
import { languages } from '../../core/api/alerts/subscription.js';
import { type Say, languageNames } from '../say.js';
import { withQuery } from './with-query.js';

/** What a page is rendered for: its reader's language, its address, and the ledger's present state. */
export interface Frame {
  say: Say;
  /** Path and query of the page, for the links to its other languages. */
  address: string;
  origin: string;
  /** Entries in the log. */
  size: number;
  /** The reader's name for people; null for a reader who has not signed in. */
  reader: string | null;
  /** Open alerts of the reader, up to a hundred; null: the reader has no inbox. */
  open: number | null;
  /** What a share link shows, to a reader who has one; null: the reader has none. */
  shared: SharedView | null;
  /** Returns the address of a built file by its source below src/web. */
  asset: (source: string) => string;
}

/** What a share link shows: one lot, up to a time. */
export interface SharedView {
  lot: string;
  /** RFC 3339: when the link ends. */
  expiresAt: string;
  /** Whether it shows the lot only as it was when its sharer handed it on. */
  isFormer: boolean;
}

/** A page: its title, what is on it, and what it needs. */
export interface Page {
  title: string;
  body: VNode;
  /** The part of the site that it belongs to. */
  part?: Part;
  /** Style sheets that it has besides that of all pages, by their sources below src/web. */
  styles?: readonly string[];
  /** Whether it is one column of text. */
  narrow?: boolean;
  /** Programs that it loads, by their sources below src/web. */
  islands?: readonly string[];
  /** Whether it has neither search nor parts: for readers who scanned a code. */
  bare?: boolean;
  /** Whether it has the search in its contents, and so not in the bar. */
  searches?: boolean;
}

const parts = ['lots', 'findings', 'sites', 'actors', 'rules', 'log'] as const;
type Part = (typeof parts)[number] | 'desk' | 'operation' | 'inbox';

const FrameContext = createContext<Frame | null>(null);

/** Returns what the page is rendered for. */
export function useFrame(): Frame {
  const frame = useContext(FrameContext);
  if (frame === null) throw new Error('A component was rendered outside a page.');
  return frame;
}

export const useSay = (): Say => useFrame().say;

/** Renders a whole page: head, bar, contents, foot. */
export function Document({ frame, page }: { frame: Frame; page: Page }): VNode {
  const { say, asset } = frame;
  return (
    <html lang={say.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${page.title} · Adit`}</title>
        <link rel="icon" href={ICON} />
        {['ui/style.css', ...(page.styles ?? [])].map((source) => (
          <link key={source} rel="stylesheet" href={asset(source)} />
        ))}
        {islandsOf(page, frame.reader).map((source) => (
          <script key={source} type="module" src={asset(source)} />
        ))}
      </head>
      <body>
        <FrameContext.Provider value={frame}>
          <a class="skip" href="#main">
            {say.word('skip')}
          </a>
          <Bar page={page} />
          <main id="main" class={page.narrow === true ? 'narrow' : ''}>
            <SharedNotice />
            {page.body}
          </main>
          <Foot />
        </FrameContext.Provider>
      </body>
    </html>
  );
}

/** Lists the programs of a page; a reader who signed in also has the one that signs out. */
const islandsOf = ({ islands = [], bare = false }: Page, reader: string | null): readonly string[] =>
  reader === null || reader === '' || bare ? islands : [...islands, 'islands/account.ts'];

/** A drift in a hill, the mouth of a mine. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='6' fill='%230d6658'/%3E%3Cpath d='M9 25V15a7 7 0 0 1 14 0v10' fill='none' stroke='%23fff' stroke-width='3'/%3E%3C/svg%3E";

/** Explains to a reader by a share link what it shows, and until when. */
function SharedNotice(): VNode | null {
  const { say, shared } = useFrame();
  if (shared === null) return null;
  return (
    <p class="note notice">
      {say.word('share.notice', { date: say.dateTime(shared.expiresAt) })}
      {shared.isFormer ? ` ${say.word('share.former')}` : null}
    </p>
  );
}

/** Renders a link. For a reader by a share link, what the link does not show is plain text. */
export function Leads({ to, children, ...more }: { to: string; children: ComponentChildren } & LinkLook): VNode {
  const { shared } = useFrame();
  const isShown = shared === null || to === `/lots/${shared.lot}`;
  return isShown ? (
    <a href={to} {...more}>
      {children}
    </a>
  ) : (
    <span {...more}>{children}</span>
  );
}

/** How a link looks, and what it shows where the pointer rests. */
interface LinkLook {
  class?: string;
  title?: string;
}

function Bar({ page }: { page: Page }): VNode {
  const { say, reader, shared } = useFrame();
  return (
    <header class="bar">
      <a class="home" href="/">
        Adit
      </a>
      {page.bare === true || shared !== null ? null : (
        <>
          {page.searches === true ? null : <SearchForm />}
          <nav aria-label={say.word('parts')}>
            {[...parts, ...ownPartsOf(reader)].map((part) => (
              <a key={part} href={`/${part}`} aria-current={page.part === part ? 'page' : undefined}>
                {say.word(`part.${part}`)}
              </a>
            ))}
            <Inbox isCurrent={page.part === 'inbox'} />
            <Reader name={reader} />
          </nav>
        </>
      )}
    </header>
  );
}

/** Leads a reader who has an inbox there, with the number of its open alerts. */
function Inbox({ isCurrent }: { isCurrent: boolean }): VNode | null {
  const { say, open } = useFrame();
  if (open === null) return null;
  return (
    <a href="/inbox" aria-current={isCurrent ? 'page' : undefined}>
      {say.word('inbox')}
      {open === 0 ? null : (
        <>
          {' '}
          <b class="count">{open >= MANY ? `${say.number(MANY - 1)}+` : say.number(open)}</b>
          <span class="sr"> {say.word('inbox.open')}</span>
        </>
      )}
    </a>
  );
}

/** From this number on, the bar shows that there are more. */
const MANY = 100;

/** Marks the operator, who is no actor: `@` begins no id. */
export const OPERATOR_READER = '@operator';

/** Whether the reader of a page signed in as an actor. */
export const isActor = (reader: string | null): reader is string =>
  reader !== null && reader !== '' && reader !== OPERATOR_READER;

/** Returns the parts that only some readers have: the desk of an actor, the operator's page. */
const ownPartsOf = (reader: string | null): ('desk' | 'operation')[] =>
  isActor(reader) ? ['desk'] : reader === null ? [] : ['operation'];

/** Names the reader, or leads to the sign-in; an open ledger (empty name) distinguishes no readers. */
function Reader({ name }: { name: string | null }): VNode | null {
  const say = useSay();
  if (name === null) return <a href="/signin">{say.word('signIn')}</a>;
  if (name === '') return null;
  return (
    <span class="reader">
      <span class="soft">{name === OPERATOR_READER ? say.word('reader.operator') : name}</span>
      <button
        class="btn"
        type="button"
        hidden
        data-sign-out
        data-pending={say.word('signOut.pending')}
        data-offline={say.word('signOut.offline')}
      >
        {say.word('signOut')}
      </button>
    </span>
  );
}

/** The one search for every identifier. */
export function SearchForm({ value, large = false }: { value?: string; large?: boolean }): VNode {
  const say = useSay();
  const id = large ? 'find' : 'search';
  return (
    <form action="/search" role="search" class={large ? 'find' : undefined}>
      <label class="sr" for={id}>
        {say.word('search')}
      </label>
      <input
        id={id}
        name="q"
        type="search"
        value={value}
        placeholder={say.word('search.placeholder')}
        maxLength={200}
        autoComplete="off"
        spellcheck={false}
      />
      {large ? (
        <button class="btn main" type="submit">
          {say.word('search')}
        </button>
      ) : null}
    </form>
  );
}

function Foot(): VNode {
  const { say, origin, size, address } = useFrame();
  return (
    <footer class="foot">
      <div>
        <span>{origin}</span>
        <a href="/log">{say.count('log.entries', size)}</a>
        <a href="/rules">{say.word('part.rules')}</a>
        <a href="/docs">{say.word('foot.api')}</a>
        <span class="languages">
          {languages.map((language) =>
            language === say.language ? (
              <span key={language} aria-current="true">
                {languageNames[language]}
              </span>
            ) : (
              <a key={language} href={withQuery(address, { lang: language })} hreflang={language} lang={language}>
                {languageNames[language]}
              </a>
            ),
          )}
        </span>
      </div>
    </footer>
  );
}

/** Renders a heading with links to more beside it. */
export const Heading = ({ children, more }: { children: ComponentChildren; more?: ComponentChildren }): VNode => (
  <h2>
    <span>{children}</span>
    {more === undefined ? null : <span class="more">{more}</span>}
  </h2>
);
