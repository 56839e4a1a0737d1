import * as z from 'zod';

const withSeen = z.object({ seen: z.object({ size: z.int(), root: z.string() }) });

/** The checkpoint that the signer of an entry had, or null; of an entry that cannot be read, null too. */
export function seenOf(jws: string): { size: number; root: string } | null {
  const text = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
  if (!text.includes('"seen"')) return null;
  try {
    return withSeen.safeParse(JSON.parse(text)).data?.seen ?? null;
  } catch {
    return null;
  }
}
