import type { Severity } from '../../src/core/rules/engine/rule.js';
import type { ScriptedLog } from './scripted-log.js';

/** One rule by example: what it must find, and what looks like it and must stay quiet. */
export interface Case {
  severity: Severity;
  wrong(): ScriptedLog;
  twin(): ScriptedLog;
  /** What other rules rightly find in the twin. */
  twinAlso?: Record<string, Severity>;
}
