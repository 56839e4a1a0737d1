import type { StepName } from '../../core/bundle/check.js';
import type { CheckMessage, CheckOutcome, CheckRequest } from './check-messages.js';

/** Texts of the panel, in the page's language. */
interface PanelWords {
  steps: Record<StepName, string>;
  outcomes: Record<CheckOutcome, string>;
  words: Record<'VERIFIED' | 'BROKEN' | 'INCOMPLETE', string>;
  start: string;
  fetching: string;
  working: string;
  failed: string;
  again: string;
  offline: string;
  pin: string;
}

const signs: Readonly<Record<CheckOutcome, readonly [sign: string, tone: string]>> = {
  held: ['✓', 'ok'],
  broken: ['✕', 'bad'],
  incomplete: ['?', 'warn'],
};

const make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  options: { className?: string; text?: string } = {},
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name);
  if (options.className !== undefined) element.className = options.className;
  if (options.text !== undefined) element.textContent = options.text;
  return element;
};

/** Runs the check of a lot in a worker, and shows each step as it ends. */
class CheckPanel {
  private readonly button = make('button', { className: 'btn main' });
  private readonly key = make('input');
  private readonly state = make('p', { className: 'soft more-space' });
  private readonly steps = make('ol', { className: 'steps more-space' });
  private worker: Worker | null = null;
  /** The evidence: once it is fetched, a check needs no network. */
  private bundle: Promise<string> | null = null;

  constructor(
    home: HTMLElement,
    private readonly address: string,
    private readonly words: PanelWords,
  ) {
    const label = make('label', { text: words.pin });
    this.key.placeholder = 'example.org/log+0123abcd+A…';
    this.key.spellcheck = false;
    label.append(this.key);
    this.button.type = 'button';
    this.button.textContent = words.start;
    this.button.addEventListener('click', () => void this.run());
    this.state.setAttribute('role', 'status');
    if (home.dataset.ahead !== undefined && !savesData()) void this.load().catch(() => undefined);
    home.append(label, make('div', { className: 'more-space' }), this.button, this.state, this.steps);
  }

  private async run(): Promise<void> {
    this.button.disabled = true;
    this.steps.replaceChildren();
    this.state.className = 'soft more-space';
    try {
      this.state.textContent = this.words.fetching;
      const { worker, bundle } = await this.load();
      this.state.textContent = this.words.working;
      await this.check(worker, { bundle, logKey: this.key.value.trim() });
    } catch {
      this.state.textContent = this.words.failed;
      this.state.className = 'bad more-space';
    }
    this.button.disabled = false;
    this.button.textContent = this.words.again;
  }

  /** Loads the program of the check and the evidence. */
  private async load(): Promise<{ worker: Worker; bundle: string }> {
    this.worker ??= new Worker(new URL('./check-worker.ts', import.meta.url), { type: 'module' });
    this.bundle ??= fetched(this.address);
    this.bundle.catch(() => {
      this.bundle = null;
    });
    return { worker: this.worker, bundle: await this.bundle };
  }

  private check(worker: Worker, request: CheckRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const ended = new AbortController();
      const { signal } = ended;
      worker.addEventListener('error', () => reject(new Error('The worker failed.')), { signal });
      worker.addEventListener(
        'message',
        ({ data }: MessageEvent<CheckMessage>) => {
          if (data.kind === 'step') return this.show(data);
          ended.abort();
          if (data.kind === 'failed') this.state.textContent = data.detail;
          else this.conclude(data.word);
          resolve();
        },
        { signal },
      );
      worker.postMessage(request);
    });
  }

  private show({ step, outcome, detail }: Extract<CheckMessage, { kind: 'step' }>): void {
    const [sign, tone] = signs[outcome];
    const item = make('li');
    const name = make('span', { text: this.words.steps[step] });
    const note = make('small', { text: detail });
    note.lang = 'en';
    item.append(make('span', { className: tone, text: sign }), name);
    item.append(make('span', { className: `${tone} word`, text: this.words.outcomes[outcome] }), note);
    this.steps.append(item);
  }

  private conclude(word: keyof PanelWords['words']): void {
    const tone = word === 'VERIFIED' ? 'ok' : word === 'BROKEN' ? 'bad' : 'warn';
    const verdict = make('strong', { className: tone, text: this.words.words[word] });
    this.state.replaceChildren(verdict, ` ${this.words.offline}`);
  }
}

/** Whether the reader's browser asks to load little. */
const savesData = (): boolean =>
  (navigator as Navigator & { connection?: { saveData?: boolean } }).connection?.saveData === true;

async function fetched(address: string): Promise<string> {
  const answer = await fetch(address, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The service answered ${answer.status}.`);
  return answer.text();
}

for (const home of document.querySelectorAll<HTMLElement>('[data-check]')) {
  const { check = '', words = '{}' } = home.dataset;
  new CheckPanel(home, check, JSON.parse(words) as PanelWords);
}
