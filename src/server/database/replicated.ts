import type pg from 'pg';
import { Connections } from './connections.js';
import type { Replica } from './replica.js';

/**
 * Connections for single reads: on the replica for a request whose reads may lag, else on the primary. Transactions and
 * snapshots are on the primary.
 */
export class ReplicatedConnections extends Connections {
  private readonly onReplica: Connections | null;

  /**
   * @param primary its connections.
   * @param pick chooses the pool of the replica.
   */
  constructor(
    primary: pg.Pool,
    private readonly replica: Replica | null,
    pick: (replica: Replica) => pg.Pool,
    prepares: boolean,
  ) {
    super(primary, undefined, prepares);
    this.onReplica = replica === null ? null : new Connections(pick(replica), undefined, prepares);
  }

  override query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<T>> {
    const { onReplica, replica } = this;
    if (replica === null || onReplica === null) return super.query<T>(text, values);
    return replica.read(
      () => onReplica.query<T>(text, values),
      () => super.query<T>(text, values),
    );
  }
}
