import { decodeBase64url } from '../event/grammar.js';
import { decodeBase64 } from '../log/base64.js';
import { type ExpectedLeaf, NO_EVENTS, checkIndex, extendDigest } from '../log/sealed-index.js';
import { type Sha256, defaultSha256 } from '../log/tree.js';
import type { Bundle } from './bundle.js';
import type { BundledEvent } from './events.js';
import { subjectsBehind, subjectsNamed } from './subjects.js';
import type { LogTimes } from './times.js';

/** Whether the bundle is proved to be complete, and as of when. */
export interface Freshness {
  outcome: 'held' | 'broken' | 'incomplete';
  detail: string;
  /** RFC 3339: the log's own time, never the date in the entry that seals the index. */
  asOf: string | null;
}

/** Returns the leaves of the sealed index over the first `size` entries, by subject, if the bundle is complete. */
export function expectedIndex(
  events: readonly Pick<BundledEvent, 'index' | 'event'>[],
  scope: ReadonlySet<string>,
  size: number,
  sha256: Sha256 = defaultSha256,
): Map<string, ExpectedLeaf> {
  const expected = new Map<string, ExpectedLeaf>();
  for (const { event } of events) for (const subject of subjectsBehind(event, scope)) expected.set(subject, null);
  for (const { index, event } of events) {
    if (index >= size) continue;
    for (const subject of subjectsNamed(event)) {
      const known = expected.get(subject);
      if (known === undefined) continue;
      const { count, digest } = known ?? { count: 0, digest: NO_EVENTS };
      expected.set(subject, { count: count + 1, digest: extendDigest(digest, decodeBase64url(event.id), sha256) });
    }
  }
  return expected;
}

/** Verifies that the bundle has every entry about its subjects that existed when the index was sealed. */
export function checkFreshness(
  bundle: Bundle,
  events: readonly BundledEvent[],
  scope: ReadonlySet<string>,
  times: LogTimes,
  sha256: Sha256 = defaultSha256,
): Freshness {
  const { index } = bundle;
  if (index === null)
    return {
      outcome: 'incomplete',
      detail: 'no sealed index: newer or unwelcome entries about the lot may have been left out',
      asOf: null,
    };
  const at = events.findIndex((entry) => entry.index === index.event);
  const sealed = events[at]?.event;
  if (sealed?.type !== 'index.sealed')
    return {
      outcome: 'broken',
      detail: `Entry ${index.event} is not the sealed index that the bundle speaks of.`,
      asOf: null,
    };
  const { size, root } = sealed.payload;
  const rootBytes = decodeBase64(root);
  if (rootBytes === null || !checkIndex(rootBytes, expectedIndex(events, scope, size, sha256), index, sha256))
    return {
      outcome: 'broken',
      detail: `The index sealed over ${size} entries has others about this lot than the bundle: something was left out.`,
      asOf: null,
    };
  const later = events.filter((entry) => entry.index >= size && touches(entry, scope)).length;
  const time = times.provedUpTo(size);
  if (time === null)
    return {
      outcome: 'incomplete',
      detail: `nothing was left out of the first ${size} entries, but no log.clock says as of when that was`,
      asOf: null,
    };
  return {
    outcome: 'held',
    detail: `nothing was left out of the first ${size} entries${later === 0 ? '' : `; ${later} newer are in it`}`,
    asOf: new Date(time).toISOString(),
  };
}

/** Returns whether an event is about a lot of the bundle. */
const touches = ({ event }: BundledEvent, scope: ReadonlySet<string>): boolean =>
  subjectsNamed(event).some((subject) => subject.startsWith('lot:') && scope.has(subject.slice(4)));
