import { severities } from '../../core/rules/engine/rule.js';

/** SQL for the severities in rising order. */
export const SEVERITIES = `ARRAY[${severities.map((severity) => `'${severity}'`).join(', ')}]`;

/** Returns the SQL for the rank of a severity, from 1 for the lowest. */
export const rankInSql = (column: string): string => `array_position(${SEVERITIES}, ${column})`;
