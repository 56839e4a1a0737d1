import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';
import type pg from 'pg';

/**
 * Lowers the priority of the process that serves a connection, if the database runs on this machine and permits it.
 * PostgreSQL shows the client's port in the process title, which excludes a process of another server with the same
 * number.
 */
export function lowerBackend(client: pg.PoolClient, niceness: number): void {
  const { processID: pid, connection } = client as unknown as { processID: number; connection: { stream: Socket } };
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (title.startsWith('postgres: ') && title.includes(`(${connection.stream.localPort})`))
      setPriority(pid, niceness);
  } catch {
    // Statements also run at normal priority.
  }
}
