import { cpus, totalmem } from 'node:os';
import { type AsServed, CHAIN, LOTS, TRADERS } from './append.js';
import type { Reads } from './reads.js';
import type { Starts } from './start.js';
import type { Row } from './table.js';

interface Figures {
  y1: number;
  insert: number;
  http: number;
  asApi: { rows: Row[]; reads: Reads[]; audited: number };
  asServed: AsServed;
  starts: Starts;
  rows: Row[];
  memory: number;
  bytes: number;
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const whole = (value: number): string => Math.round(value).toLocaleString('en');

const tableOf = (
  rows: readonly Row[],
): string => `| through HTTP | events/s | × Y1 | p50 ms | p99 ms | service us | database us |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.name} | ${whole(row.perSecond)} | ${row.toY1.toFixed(2)} | ${row.p50.toFixed(1)} | ${row.p99.toFixed(1)} | ${row.service.toFixed(0)} | ${row.database.toFixed(0)} |`).join('\n')}`;

export function page({ y1, insert, http, asApi, asServed, starts, rows, memory, bytes }: Figures): string {
  const [cpu] = cpus();
  return `# Benchmarks

\`npm run bench -- --write\` measures and writes this page. Figures of one machine on one day; what counts is the ratio to
what the same machine gave in the same run. The client that sends runs on the same cores and is part of every figure.

Measured ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform}, Node ${process.version}, embedded PostgreSQL 18 with fsync
on. The role is \`api\`, without a worker, unless stated otherwise.

What other ways to keep the same events do is in [benchmarks-peers.md](benchmarks-peers.md), and what the figures mean for a
country in [capacity.md](capacity.md).

| limit, measured in the same run | a second |
| --- | ---: |
| Y1: bare Ed25519 verification, one thread | ${whole(y1)} |
| bare insert of rows of the same size, 1,000 a commit | ${whole(insert)} |
| HTTP server that answers nothing, 64 clients | ${whole(http)} |

Every answer below is given after the event is durable, in a signed checkpoint; single events are answered with their
receipt. Events are signed with Ed25519 and have about 1,100 characters. The last two columns are the processor time an event
of the service and of its database.

## Handovers

${LOTS} lots, each declared and then dispatched and received among ${TRADERS} traders, ${CHAIN} events a lot.

${tableOf(asApi.rows)}

As \`adit serve\` runs, with a worker that judges each event on the same cores meanwhile:

${tableOf(asServed.rows)}

Its processes together had at most ${mebibytes(asServed.memory)} MiB of resident memory, and ${whole(asServed.judged)} entries a second were judged from the first event
to the last verdict.

The answers of the idle service in role \`api\` to one client, each about another lot of ${CHAIN} events:

| answer | p50 ms | p99 ms | bytes |
| --- | ---: | ---: | ---: |
${asApi.reads.map((read) => `| ${read.name} | ${read.p50.toFixed(1)} | ${read.p99.toFixed(1)} | ${whole(read.bytes)} |`).join('\n')}

\`adit audit\` replays and verifies ${whole(asApi.audited)} entries a second, ${(asApi.audited / y1).toFixed(2)} × Y1.

\`adit serve\` is ready ${whole(starts.first)} ms after it was started with a new database, and ${whole(starts.again)} ms with one that exists.

## Declarations

Each event declares one lot of its own.

${tableOf(rows)}

Latency is that of one request: of a batch, all of its events. While ${whole(rows.length > 0 ? 100_000 : 0)} events streamed in, the service's resident memory
was at most ${mebibytes(memory)} MiB; an event took ${whole(bytes)} bytes on disk, with its lot, its chain, its tag, its hashes and all indexes.
`;
}
