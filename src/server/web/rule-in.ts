import type { Language } from '../../core/api/alerts/subscription.js';
import type { RulePage } from '../../core/api/pages.js';
import type { TitledRule } from '../../web/explorer/finding-pages.js';
import { textsOf } from '../delivery/words/index.js';

/** Returns a rule with its texts in a language; its test and standard are in English. */
export function ruleIn(page: RulePage, language: Language): TitledRule {
  const own = textsOf(page.id, language);
  if (own === null) return { ...page, shownTitle: page.title };
  const { title, means, doesNotMean, advice } = own;
  return { ...page, shownTitle: title, means, doesNotMean, whatToDo: advice };
}

/** Returns the title of a rule and what its findings mean, in a language. */
export function meaningIn(rule: string, language: Language): { title: string; means: string } {
  const own = textsOf(rule, language);
  return { title: own?.title ?? rule, means: own?.means ?? '' };
}
