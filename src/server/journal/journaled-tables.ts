/** Describes how a table's rows are journaled. */
export interface JournaledTable {
  /** Column that identifies a row, and its type. */
  key: string;
  type: 'uuid' | 'bigint';
  /** Journaled columns. */
  columns: readonly string[];
  /**
   * Journaled columns that were added to the table later, of which null is the first value. They are part of a row's content
   * only where they have another value, so that rows of before keep their content.
   */
  later?: readonly string[];
  /** Other columns, each with the reason. */
  omitted: Readonly<Record<string, string>>;
}

const progress = 'how far a delivery is; that it does not wait too long, and was tried where it is done, is checked';
const health =
  'how the endpoint fares, which changes with every try; that no pause is longer than one may be is checked';

/**
 * Tables whose rows do not follow from the log although notifications depend on them. The journal has every change that
 * the service makes to them.
 */
export const journaledTables = {
  subscriptions: {
    key: 'id',
    type: 'uuid',
    columns: [
      'id',
      'channel',
      'url',
      'address',
      'label',
      'language',
      'filters',
      'digest_minutes',
      'quiet_hours',
      'escalation_minutes',
      'contact',
      'secret_number',
      'former_secret_until',
      'enabled',
      'disabled_at',
      'disabled_reason',
      'created_at',
    ],
    later: ['owner'],
    omitted: {
      failures: health,
      failing_since: health,
      paused_until: health,
      claim: health,
      claimed_until: health,
    },
  },
  people: {
    key: 'id',
    type: 'uuid',
    columns: ['id', 'issuer', 'subject', 'label', 'actor', 'scopes', 'created_at', 'ended_at'],
    omitted: {},
  },
  machine_keys: {
    key: 'id',
    type: 'uuid',
    columns: [
      'id',
      'actor',
      'label',
      'scopes',
      'digest',
      'created_by',
      'created_at',
      'expires_at',
      'replaces',
      'revoked_at',
    ],
    later: ['made_with'],
    omitted: { last_used_at: 'when a key was used last; shown, and read by nothing else' },
  },
  silences: {
    key: 'id',
    type: 'uuid',
    columns: ['id', 'filters', 'reason', 'by_whom', 'until', 'created_at', 'ended_at', 'ended_by'],
    later: ['owner'],
    omitted: {},
  },
  alert_changes: {
    key: 'number',
    type: 'bigint',
    columns: ['alert', 'number', 'at', 'status', 'by_whom', 'note', 'evidence', 'assignee'],
    later: ['owner'],
    omitted: {},
  },
  notices: {
    key: 'number',
    type: 'bigint',
    columns: [
      'number',
      'alert',
      'type',
      'at',
      'rule',
      'severity',
      'minerals',
      'sites',
      'countries',
      'lots',
      'ordering_key',
      'data',
    ],
    omitted: {},
  },
  deliveries: {
    key: 'id',
    type: 'uuid',
    columns: ['id', 'subscription', 'alert', 'number', 'type', 'ordering_key', 'sequence', 'created_at'],
    omitted: {
      status: progress,
      attempts: progress,
      step: progress,
      next_at: progress,
      body: 'follows from the notice, or is composed of what stands when it is sent first',
    },
  },
} as const satisfies Readonly<Record<string, JournaledTable>>;

export type JournaledName = keyof typeof journaledTables;

/** Returns SQL for the journaled columns of a row as one text, equal for equal columns. */
export function contentOf(table: JournaledName): string {
  const { columns, later = [] }: JournaledTable = journaledTables[table];
  const added = later.map(
    (name) => `|| CASE WHEN ${name} IS NULL THEN '[]' ELSE jsonb_build_array('${name}', ${name}) END`,
  );
  return `(jsonb_build_array(${columns.join(', ')}) ${added.join(' ')})::text`;
}
