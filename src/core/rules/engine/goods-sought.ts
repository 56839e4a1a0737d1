import { containerSubject, sealSubject } from './goods-named.js';
import { certificateSubject, vehiclePrefix } from './subjects.js';

/** What an identifier of goods may be. */
export type GoodsKind = 'seal' | 'container' | 'certificate' | 'vehicle';

/** Returns the subjects of events that name an identifier, and the beginning of those that name it as a vehicle. */
export const subjectsNaming = (text: string): { subjects: string[]; prefix: string } => ({
  subjects: [sealSubject(text), containerSubject(text), certificateSubject(text)],
  prefix: vehiclePrefix(text),
});

/** Returns what a subject of these is; null for any other. */
export function goodsKindOf(subject: string): GoodsKind | null {
  const kind = subject.slice(0, subject.indexOf(':'));
  return kind === 'seal' || kind === 'container' || kind === 'certificate' || kind === 'vehicle' ? kind : null;
}
