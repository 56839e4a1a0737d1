import { Injectable } from '@nestjs/common';
import type { RulePage } from '../../../core/api/pages.js';
import { AditError } from '../../../core/errors.js';
import { rules } from '../../../core/rules/index.js';
import { ruleFailed } from '../../../core/rules/engine/rule-failed.js';
import { Clock } from '../../clock.js';
import { RuleParameters } from '../../config/rule-parameters.js';

/** Describes the rules with the thresholds of this service. */
@Injectable()
export class RulePages {
  constructor(
    private readonly parameters: RuleParameters,
    private readonly clock: Clock,
  ) {}

  /** Returns the rules in the order of the documentation. */
  list(): RulePage[] {
    const inForce = this.parameters.asOf(this.clock.now());
    const parameters = { version: inForce.version, from: inForce.from };
    const judging = rules.map(({ id, version, group, title, means, doesNotMean, advice, standard, ...rule }) => {
      const test = rule.describe(inForce);
      return { id, version, group, title, means, doesNotMean, test, advice, standard };
    });
    return [...judging, { ...ruleFailed, group: 'operation' as const }].map(({ advice, ...words }) => ({
      ...words,
      whatToDo: advice,
      runbook: words.group === 'record' || words.group === 'operation' ? `docs/runbooks/${words.id}.md` : null,
      parameters,
    }));
  }

  /** Returns the page of one rule. Throws `not-found`. */
  page(id: string): RulePage {
    const found = this.list().find((page) => page.id === id);
    if (found === undefined) throw new AditError('not-found', 'There is no such rule.');
    return found;
  }
}
