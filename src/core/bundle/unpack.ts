import { checkPartial } from '../log/partial-tree.js';
import { readCheckpoint } from '../log/checkpoint.js';
import { formatTlogProof } from '../log/proof-file.js';
import { AditError } from '../errors.js';
import { leafHash } from '../log/tree.js';
import type { Bundle } from './bundle.js';
import { provenSizes } from './check.js';

/** A file of an unpacked bundle: a path with `/`, and its text. */
export interface PlainFile {
  path: string;
  text: string;
}

/**
 * Unpacks a bundle into plain files for tools that do not know Adit: a C2SP policy, the checkpoint, and for each event
 * the JWS (the log's entry), its own `.tlog-proof`, and its disclosures. Throws `request-invalid` if the proof does not
 * fit; the tools verify the rest.
 */
export function unpackBundle(bundle: Bundle): PlainFile[] {
  const { size } = readCheckpoint(bundle.checkpoint);
  const jwsOf = (event: string): string => event.slice(0, event.indexOf('~'));
  const leaves = new Map(bundle.events.map(({ index, event }) => [index, leafHash(jwsOf(event))]));
  const tree = checkPartial(leaves, provenSizes(bundle), size, bundle.nodes);
  if (tree === null) throw new AditError('request-invalid', 'The proof does not fit these events and this checkpoint.');
  const files: PlainFile[] = [
    {
      path: 'policy',
      text: `# A hint by the author of the bundle: take the key from a source you trust.\nlog ${bundle.hints.logKey}\nquorum none\n`,
    },
    { path: 'checkpoint', text: bundle.checkpoint },
    { path: 'lot', text: `${bundle.lot}\n` },
  ];
  for (const { index, event } of bundle.events) {
    const name = `events/${String(index).padStart(9, '0')}`;
    const disclosures = event.split('~').slice(1, -1);
    files.push({ path: `${name}.jws`, text: jwsOf(event) });
    files.push({
      path: `${name}.tlog-proof`,
      text: formatTlogProof({ index, proof: tree.path(index), checkpoint: bundle.checkpoint }),
    });
    if (disclosures.length > 0) files.push({ path: `${name}.disclosures`, text: `${disclosures.join('\n')}\n` });
  }
  return files;
}
