import { type ComponentType, createContext, render } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language } from '../../../core/api/alerts/subscription.js';
import { type Catalogue, Say } from '../../say.js';

const SayContext = createContext<Say | null>(null);

/** Returns the phrases of the page. */
export function useSay(): Say {
  const say = useContext(SayContext);
  if (say === null) throw new Error('A component was rendered outside its page.');
  return say;
}

/** Renders the parts of the page that run here, each with the data and the texts that the page came with. */
export function mount(parts: Readonly<Record<string, ComponentType<never>>>): void {
  for (const home of document.querySelectorAll<HTMLElement>('[data-island]')) {
    const { island = '', language = 'en', props = '{}', words = '{}' } = home.dataset;
    const Part = parts[island] as ComponentType<Record<string, unknown>> | undefined;
    if (Part === undefined) continue;
    const say = new Say(language as Language, JSON.parse(words) as Catalogue);
    render(
      <SayContext.Provider value={say}>
        <Part {...(JSON.parse(props) as Record<string, unknown>)} />
      </SayContext.Provider>,
      home,
    );
  }
}
