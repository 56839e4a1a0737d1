import { Injectable } from '@nestjs/common';
import type { RulePage } from '../../../core/api/pages.js';
import { AditError } from '../../../core/errors.js';
import { rules } from '../../../core/rules/index.js';
import { ruleFailed } from '../../../core/rules/engine/rule-failed.js';
import { isForOperator, whatToDo } from '../../../core/rules/engine/what-to-do.js';
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
    const judging = rules.map(({ id, version, group, title, means, doesNotMean, standard, ...rule }) => {
      const test = rule.describe(inForce);
      return { id, version, group, title, means, doesNotMean, test, standard };
    });
    return [...judging, { ...ruleFailed, group: 'operation' as const }].map((words) => ({
      ...words,
      whatToDo: whatToDo(words.id),
      runbook: isForOperator(words.id) ? `docs/runbooks/${words.id}.md` : null,
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
