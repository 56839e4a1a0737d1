import { htmlPage, proseHtml } from '../../http/html-page.js';
import type { RulePage } from '../../../core/api/pages.js';

/** Renders all rules by group, in the given order. */
export function rulesHtml(pages: readonly RulePage[]): string {
  const groups = [...new Set(pages.map(({ group }) => group))].map((group) => {
    const items = pages
      .filter((page) => page.group === group)
      .map(({ id, title }) => `<li><a href="/rules/${id}"><code>${id}</code></a>: ${proseHtml(title)}</li>`);
    return `<h2>${group}</h2><ul>${items.join('')}</ul>`;
  });
  return htmlPage('Rules of Adit', `<h1>Rules</h1>${groups.join('')}`);
}

/** Renders one rule. The remedy comes before the test and the standard, because readers come from an alert. */
export function rulePageHtml(page: RulePage): string {
  const { id, version, group, title, means, doesNotMean, test, standard, runbook, parameters } = page;
  const steps = runbook === null ? '' : ` The operator's steps stand in <code>${runbook}</code> of Adit's repository.`;
  const parts = [
    ['It means', proseHtml(means)],
    ['It does not mean', proseHtml(doesNotMean)],
    ['What to do', `${proseHtml(page.whatToDo)}${steps}`],
    ['Test', `${proseHtml(test)} (Parameters version ${parameters.version}, from ${parameters.from}.)`],
    ['After', proseHtml(standard)],
  ].map(([heading, text]) => `<h2>${heading}</h2><p>${text}</p>`);
  return htmlPage(
    `${id}: ${title}`,
    `<h1><code>${id}</code></h1><p><strong>${proseHtml(title)}.</strong> Group ${group}, version ${version}.</p>` +
      `${parts.join('')}<p><a href="/v1/findings?rule=${id}&#38;status=open">Open findings</a> · <a href="/rules">All rules</a></p>`,
  );
}
