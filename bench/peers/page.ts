import { cpus, totalmem } from 'node:os';

/** Events a second of one way to keep events; null: it has no such way. */
export interface PeerFigures {
  /** Y1 just before. */
  y1: number;
  hundred: number | null;
  thousand: number | null;
  /** One event a request, 64 clients. */
  clients: number | null;
  /** One event at a time. */
  single: number;
  singleP50: number;
}

/** Each peer by its key, with what it does and what it leaves out. */
const PEERS: Readonly<Record<string, { name: string; does: string; leavesOut: string }>> = {
  adit: {
    name: 'Adit, role `api`',
    does: 'HTTP; signatures, rules of custody; Merkle tree, signed checkpoint, receipt; state of each lot',
    leavesOut: 'judging, which the worker does later; access, which concerns readers',
  },
  trigger: {
    name: 'PostgreSQL trigger chain',
    does: 'in process; signatures; a hash chain by a trigger',
    leavesOut: 'HTTP, rules, state of lots, duplicates, tree, proofs, checkpoints, access',
  },
  sqlite: {
    name: 'SQLite chain (`node:sqlite`, Node 24)',
    does: 'in process; signatures; a hash chain, WAL with `synchronous = FULL`',
    leavesOut: 'the same, and more than one writer',
  },
  hypercore: {
    name: 'hypercore 11',
    does: 'in process; signatures; Merkle tree with a signed root; its write-ahead log flushed by the bench, as it does not by itself',
    leavesOut: 'HTTP, rules, state of lots, duplicates, queries, access, more than one writer',
  },
  orm: {
    name: 'Nest and TypeORM',
    does: 'HTTP; signatures by jose; duplicates; one `save` a request',
    leavesOut: 'batches, rules, state of lots, tree, proofs, checkpoints, access',
  },
};

const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** Returns the page of the documentation: medians of the rounds, each with its ratio to Y1. */
export function peersPage(
  found: readonly Record<string, PeerFigures>[],
  median: (values: readonly number[]) => number,
  { batches, rounds }: { batches: number; rounds: number },
): string {
  const cell = (name: string, of: 'hundred' | 'thousand' | 'clients' | 'single'): string => {
    const rates = found.flatMap((round) => (round[name]?.[of] == null ? [] : [round[name]]));
    if (rates.length === 0) return '–';
    const ratio = median(rates.map((each) => (each[of] ?? 0) / each.y1));
    return `${whole(median(rates.map((each) => each[of] ?? 0)))} (${ratio.toFixed(2)})`;
  };
  const p50 = (name: string): string => median(found.map((round) => round[name]?.singleP50 ?? 0)).toFixed(1);
  const ratios = found.map((round) => ((round.adit?.hundred ?? 0) / (round.trigger?.hundred ?? 1)).toFixed(2));
  const y1s = found.flatMap((round) => Object.values(round).map(({ y1 }) => y1));
  const [cpu] = cpus();
  return `# Benchmarks beside peers

\`npm run bench:peers -- --write\` measures and writes this page: the same signed handovers, appended to Adit and to other ways to
keep them. Each answers when its disk has the events, and verifies every signature. What counts is the ratio to Y1 (bare
Ed25519 verification on one thread), measured just before each.

Measured ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}, embedded PostgreSQL 18 with
fsync on: medians of ${rounds} rounds, ${whole(batches)} events in batches. Y1 was ${whole(Math.min(...y1s))} to ${whole(Math.max(...y1s))} a second; Adit did ${ratios.join(', ')} of the
trigger chain's batches of 100: rounds that differ much are those of a machine with other work.

| events a second (× Y1) | batches of 100 | batches of 1,000 | one a request, 64 clients | one at a time | its p50 ms |
| --- | ---: | ---: | ---: | ---: | ---: |
${Object.entries(PEERS)
  .map(
    ([key, { name }]) =>
      `| ${name} | ${cell(key, 'hundred')} | ${cell(key, 'thousand')} | ${cell(key, 'clients')} | ${cell(key, 'single')} | ${p50(key)} |`,
  )
  .join('\n')}

| | what it does | what it leaves out |
| --- | --- | --- |
${Object.values(PEERS)
  .map(({ name, does, leavesOut }) => `| ${name} | ${does} | ${leavesOut} |`)
  .join('\n')}

Adit has 8 clients with batches of 100, and 4 with batches of 1,000, on the same cores as the service; a peer in process has
one writer without a network. A chain with one writer is faster where its ratio is higher: it does nothing but verify, hash and
store. None of the peers proves to a reader what is in it but hypercore, and none refuses a handover of a lot by an actor who does not
hold it.
`;
}
