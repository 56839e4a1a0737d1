import { parseStrictJson } from '../../../core/event/grammar.js';

/** Texts of the notice, in the page's language. */
type LiveWords = Readonly<Record<'one' | 'several' | 'changed' | 'show', string>>;

/** An alert of the stream, as far as the page needs it. */
interface Notified {
  id: string;
  status: string;
  count: number;
}

/** Shows how many alerts came in since the page was loaded, in a live region that lies over the page. */
class Arrivals {
  private readonly arrived = new Set<string>();
  private hasChanged = false;
  private readonly text = document.createElement('span');
  private readonly title = document.title;

  constructor(
    private readonly home: HTMLElement,
    private readonly words: LiveWords,
    /** The case that the page shows, as it was then: `<id> <status> <findings>`. */
    private readonly current: string,
    /** Alerts that the page lists as open or taken. */
    private readonly listed: ReadonlySet<string>,
  ) {}

  take({ id, status, count }: Notified): void {
    if (status === 'open' && !this.listed.has(id)) this.arrived.add(id);
    else if (this.current.startsWith(id) && this.current !== `${id} ${status} ${count}`) this.hasChanged = true;
    else return;
    this.show();
  }

  private show(): void {
    const count = this.arrived.size;
    const news = count === 0 ? [] : [count === 1 ? this.words.one : this.words.several.replace('#', String(count))];
    this.text.textContent = [...news, ...(this.hasChanged ? [this.words.changed] : [])].join(' ');
    if (count > 0) document.title = `(${count}) ${this.title}`;
    if (this.home.hasChildNodes()) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn main';
    button.textContent = this.words.show;
    button.addEventListener('click', () => location.reload());
    this.home.append(this.text, button);
  }
}

/** Follows the alerts of the reader; the browser connects again by itself, and misses none meanwhile. */
export function followAlerts(): void {
  const home = document.querySelector<HTMLElement>('[data-live]');
  if (home === null) return;
  const words = parseStrictJson(home.dataset.words ?? '{}') as LiveWords;
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.cases section a')];
  const listed = new Set(links.map(({ pathname }) => pathname.slice('/inbox/'.length)));
  const arrivals = new Arrivals(home, words, home.dataset.live ?? '', listed);
  new EventSource('/v1/alerts/stream').addEventListener('alert', ({ data }: MessageEvent<string>) =>
    arrivals.take(parseStrictJson(data) as Notified),
  );
}
