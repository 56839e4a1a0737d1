import type { Language } from '../../../core/api/alerts/subscription.js';
import { AditProblem } from '../../../client/problem.js';
import { errorTitle } from '../../error-titles.js';

/** Returns why something failed, in the language of the page; empty where there are only English words for it. */
export function reasonOf(error: unknown): string {
  const language = document.documentElement.lang as Language;
  if (language === 'en') return error instanceof Error ? error.message : '';
  const cause = error instanceof Error && error.cause instanceof AditProblem ? error.cause : error;
  return cause instanceof AditProblem ? (errorTitle(language, cause.code) ?? '') : '';
}
