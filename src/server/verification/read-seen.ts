/** The checkpoint that the signer of an entry had, or null; of an entry that cannot be read, null too. */
export function seenOf(jws: string): { size: number; root: string } | null {
  const text = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
  if (!text.includes('"seen"')) return null;
  try {
    const { seen } = JSON.parse(text) as { seen?: { size?: unknown; root?: unknown } };
    return typeof seen?.size === 'number' && typeof seen.root === 'string'
      ? { size: seen.size, root: seen.root }
      : null;
  } catch {
    return null;
  }
}
