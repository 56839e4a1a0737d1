import type { Parameters } from '../../src/core/rules/index.js';
import type { Severity } from '../../src/core/rules/engine/rule.js';
import type { ScriptedLog } from './scripted-log.js';

/** One rule by example: what it must find, and what looks like it and must stay quiet. */
export interface Case {
  severity: Severity;
  /** Parameters, where those of Adit find nothing. */
  parameters?: Parameters;
  wrong(): ScriptedLog;
  twin(): ScriptedLog;
  /** What other rules rightly find in the twin. */
  twinAlso?: Record<string, Severity>;
}
