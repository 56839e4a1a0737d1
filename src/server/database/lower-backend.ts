import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type pg from 'pg';
import { lower } from '../../platform/priority.js';

/**
 * Lowers the priority of the process that serves a connection, if the database runs on this machine and permits it.
 * PostgreSQL shows the client's port in the process title, which excludes a process of another server with the same
 * number.
 */
export function lowerBackend(client: pg.PoolClient): void {
  const { processID: pid, connection } = client as unknown as { processID: number; connection: { stream: Socket } };
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (title.startsWith('postgres: ') && title.includes(`(${connection.stream.localPort})`)) lower(pid);
  } catch {
    // Statements also run at normal priority.
  }
}
