import { type KeyObject, createHash, createPublicKey, verify } from 'node:crypto';

/**
 * A verifier of C2SP tlog-tiles logs written from RFC 6962 §2.1 and the C2SP texts, with none of Adit's code, so that a
 * mistake made there is not made again here.
 */
const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hashLeaf = (entry: string): Buffer => sha256(Uint8Array.of(0), Buffer.from(entry, 'ascii'));
export const hashChildren = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Uint8Array.of(1), left, right);

/** A tree that grows leaf by leaf and tells its root at each size: one hash for each bit of the size. */
class GrowingTree {
  size = 0;
  private readonly peaks: { height: number; hash: Buffer }[] = [];

  add(leaf: Buffer): void {
    let node = { height: 0, hash: leaf };
    for (let top = this.peaks.at(-1); top?.height === node.height; top = this.peaks.at(-1)) {
      this.peaks.pop();
      node = { height: node.height + 1, hash: hashChildren(top.hash, node.hash) };
    }
    this.peaks.push(node);
    this.size += 1;
  }

  root(): Buffer {
    if (this.size === 0) return sha256();
    return this.peaks.map(({ hash }) => hash).reduceRight((right, left) => hashChildren(left, right));
  }
}

/** The root after each of the sizes 0…n. */
export function rootsOf(leaves: readonly Buffer[]): Buffer[] {
  const tree = new GrowingTree();
  const roots = [tree.root()];
  for (const leaf of leaves) {
    tree.add(leaf);
    roots.push(tree.root());
  }
  return roots;
}

/** The entries of a bundle: each is its length, two bytes with the high one first, and then so many bytes. */
export function readEntryBundle(bytes: Buffer): string[] {
  const entries: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) throw new Error('an entry bundle ends within an entry');
    entries.push(bytes.toString('latin1', at + 2, end));
    at = end;
  }
  return entries;
}

export interface LogKey {
  name: string;
  id: Buffer;
  key: KeyObject;
}

/** Reads `<name>+<id>+<base64(0x01 ‖ key)>` and checks that the id derives from the rest. */
export function readVkey(vkey: string): LogKey {
  const [name = '', id = '', ...rest] = vkey.split('+');
  const bytes = Buffer.from(rest.join('+'), 'base64');
  const derived = sha256(Buffer.from(`${name}\n`, 'utf8'), bytes).subarray(0, 4);
  if (bytes.length !== 33 || bytes[0] !== 1 || derived.toString('hex') !== id) throw new Error(`bad vkey ${vkey}`);
  const x = bytes.subarray(1).toString('base64url');
  return { name, id: derived, key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) };
}

export interface ReadCheckpoint {
  size: number;
  root: Buffer;
}

/** Opens a signed checkpoint; throws unless the log's own key signed it in its own name. */
function readCheckpointNote(note: string, log: LogKey): ReadCheckpoint {
  const split = note.indexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw new Error(`not a note: ${note}`);
  const text = note.slice(0, split + 1);
  const signed = note
    .slice(split + 2, -1)
    .split('\n')
    .some((line) => {
      const [dash, name, encoded = ''] = line.split(' ');
      const bytes = Buffer.from(encoded, 'base64');
      if (dash !== '—' || name !== log.name || bytes.length !== 68 || !bytes.subarray(0, 4).equals(log.id))
        return false;
      return verify(null, Buffer.from(text, 'utf8'), log.key, bytes.subarray(4));
    });
  if (!signed) throw new Error(`no signature of ${log.name} on ${note}`);
  const [origin, size = '', root = ''] = text.split('\n');
  if (origin !== log.name || !/^(0|[1-9][0-9]*)$/.test(size)) throw new Error(`not a checkpoint: ${text}`);
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

/** RFC 9162 §2.1.3.2: the root that an inclusion proof leads to, or null if the proof has the wrong length. */
export function rootFromInclusion(leaf: Buffer, index: number, size: number, proof: readonly Buffer[]): Buffer | null {
  if (index >= size) return null;
  let [node, last, hash] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const sibling of proof) {
    if (last === 0n) return null;
    if (node % 2n === 1n || node === last) {
      hash = hashChildren(sibling, hash);
      while (node % 2n === 0n && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      hash = hashChildren(hash, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n ? hash : null;
}

export interface ReadReceipt {
  index: number;
  proof: Buffer[];
  note: string;
}

/** Reads a C2SP tlog-proof. */
export function readReceipt(text: string): ReadReceipt {
  const split = text.indexOf('\n\n');
  const [header, index = '', ...hashes] = text.slice(0, split).split('\n');
  if (split < 0 || header !== 'c2sp.org/tlog-proof@v1' || !/^index (0|[1-9][0-9]*)$/.test(index))
    throw new Error(`not a receipt: ${text}`);
  return {
    index: Number(index.slice(6)),
    proof: hashes.map((hash) => Buffer.from(hash, 'base64')),
    note: text.slice(split + 2),
  };
}

/** Opens each note once: many receipts stand under one checkpoint. */
export class NoteReader {
  private readonly opened = new Map<string, ReadCheckpoint>();

  constructor(readonly log: LogKey) {}

  open(note: string): ReadCheckpoint {
    const known = this.opened.get(note) ?? readCheckpointNote(note, this.log);
    this.opened.set(note, known);
    return known;
  }

  /** Whether the receipt proves that entry, and under which checkpoint. */
  proves(receipt: string, entry: string): ReadCheckpoint | null {
    const { index, proof, note } = readReceipt(receipt);
    const checkpoint = this.open(note);
    const root = rootFromInclusion(hashLeaf(entry), index, checkpoint.size, proof);
    return root?.equals(checkpoint.root) === true ? checkpoint : null;
  }
}
