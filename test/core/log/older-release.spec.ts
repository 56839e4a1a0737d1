import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { admit } from '../../../src/core/custody/admit.js';
import { emptyView } from '../../../src/core/custody/view.js';
import { parseEnvelope } from '../../../src/core/event/envelope.js';
import { readEvent } from '../../../src/core/event/event.js';
import { type PublicJwk, thumbprint } from '../../../src/core/event/keys.js';
import { openCheckpoint } from '../../../src/core/log/checkpoint.js';
import { TreeEdge } from '../../../src/core/log/edge.js';
import { checkTlogProof } from '../../../src/core/log/proof-file.js';
import { leafHash } from '../../../src/core/log/tree.js';
import { sha256 } from '../../../src/platform/sha256.js';
import { whole } from '../../support/rounds.js';

/** A log as release 0.1.0 wrote it: what it signed and promised holds in every later release. Never regenerate it. */
interface Written {
  logKey: string;
  serviceKey: PublicJwk;
  checkpoint: string;
  receipts: string[];
}

const ORIGIN = 'example.org/tin';
/** Entries of a log that are admitted outside CI, at most. */
const MOST = 2_500;

/** The first line says what was promised, the others are the entries. */
function fixture(name: string): { written: Written; entries: string[] } {
  const bytes = readFileSync(join(process.cwd(), 'test/fixtures', name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const [head = '', ...lines] = text.trim().split('\n');
  return { written: JSON.parse(head) as Written, entries: lines.map((line) => JSON.parse(line) as string) };
}

describe.each([
  ['of 247 entries', 'log-0.1.0.jsonl', 247],
  ['of 10,000 entries', 'log-0.1.0-long.jsonl.gz', 10_000],
])('a log %s that release 0.1.0 wrote', (_what, name, size) => {
  const { written, entries } = fixture(name);

  it('has the root that was signed then', () => {
    const opened = openCheckpoint(written.checkpoint, [written.logKey]);
    if (!opened.ok) throw new Error(opened.reason);
    const edge = TreeEdge.at(0, [], sha256);
    edge.append(entries.map((jws) => leafHash(jws)));
    expect([opened.checkpoint.size, entries.length]).toEqual([size, size]);
    expect(Buffer.from(edge.root())).toEqual(Buffer.from(opened.checkpoint.root));
  });

  it('proves its receipts, and only for their own entries', () => {
    expect(written.receipts).toHaveLength(3);
    for (const receipt of written.receipts) {
      const index = Number(/^index (\d+)$/m.exec(receipt)?.[1]);
      expect(checkTlogProof(receipt, leafHash(entries[index] ?? ''), [written.logKey])).toMatchObject({
        ok: true,
        index,
      });
      expect(checkTlogProof(receipt, leafHash(entries[index + 1] ?? ''), [written.logKey])).toMatchObject({
        ok: false,
        reason: 'not-included',
      });
    }
  });

  it('is admitted event by event as it was then', () => {
    const admitted = whole ? entries : entries.slice(0, MOST);
    const view = emptyView(ORIGIN);
    const identity = { logKeys: [written.logKey], serviceKids: [thumbprint(written.serviceKey)], registrarKid: null };
    const refused = admitted.filter(
      (jws) => admit(readEvent(parseEnvelope(`${jws}~`), ORIGIN), view, identity).outcome !== 'admitted',
    );
    expect(refused).toEqual([]);
    expect(view.size).toBe(admitted.length);
  });
});
