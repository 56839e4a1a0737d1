import { useState } from 'preact/hooks';
import { AditProblem } from '../../../client/problem.js';
import { AditError } from '../../../core/errors.js';
import type { Say } from '../../say.js';
import { AlreadySigned } from '../browser/outbox.js';
import { NoKeyHere, type PageDraft, checkEvents, signEvents } from '../browser/sign-events.js';
import { useSay } from './mount.js';
import { type Refused, refusedBy } from './refusal.js';

/** One fault of an event, with its place if the ledger names one. */
interface EventFault {
  /** Which of the events, and the pointer to its claim. */
  event: number;
  pointer: string;
  code: string;
  detail: string;
}

export type Signing =
  | { kind: 'idle' | 'working' | 'fine' }
  | { kind: 'refused'; faults: EventFault[] }
  | { kind: 'failed'; text: string; refused?: Refused };

/** Returns the reason why nothing was signed. */
function failureOf(say: Say, error: unknown): Signing {
  if (error instanceof NoKeyHere) return { kind: 'failed', text: say.word('desk.failed.noKey') };
  if (error instanceof AlreadySigned) return { kind: 'failed', text: say.word('desk.failed.alreadySigned') };
  if (error instanceof DOMException && error.name === 'QuotaExceededError')
    return { kind: 'failed', text: say.word('desk.failed.full') };
  if (error instanceof AditError)
    return {
      kind: 'failed',
      text: say.word('desk.failed.unsignable'),
      refused: { code: error.code, detail: error.detail },
    };
  if (error instanceof AditProblem)
    return { kind: 'failed', text: say.word('desk.failed.ledger'), refused: refusedBy(error) };
  return { kind: 'failed', text: say.word('desk.failed.offline') };
}

/** Asks the ledger about events before they are signed; where it cannot be asked, they are signed without that. */
async function refusalsOf(drafts: readonly PageDraft[]): Promise<EventFault[]> {
  const answers = await checkEvents(drafts).catch((error: unknown) => {
    if (error instanceof AditError || error instanceof NoKeyHere) throw error;
    return [];
  });
  return answers.flatMap((answer, event) =>
    answer.status !== 'refused'
      ? []
      : (answer.problem.errors ?? [{ pointer: '', code: answer.problem.code, detail: answer.problem.detail }]).map(
          ({ pointer, code, detail }) => ({ event, pointer, code, detail }),
        ),
  );
}

/** Checks and signs events, and returns what went wrong. */
export function useSigning(): {
  signing: Signing;
  check: (drafts: readonly PageDraft[]) => Promise<void>;
  /** Returns the ids of the events once they are signed and stored; null if they were not. */
  sign: (drafts: readonly PageDraft[]) => Promise<string[] | null>;
} {
  const say = useSay();
  const [signing, setSigning] = useState<Signing>({ kind: 'idle' });
  const run = async (drafts: readonly PageDraft[], then: () => Promise<Signing>): Promise<Signing> => {
    setSigning({ kind: 'working' });
    const end = await refusalsOf(drafts)
      .then((faults): Promise<Signing> | Signing => (faults.length > 0 ? { kind: 'refused', faults } : then()))
      .catch((error: unknown) => failureOf(say, error));
    setSigning(end);
    return end;
  };
  return {
    signing,
    check: async (drafts) => void (await run(drafts, () => Promise.resolve({ kind: 'fine' }))),
    sign: async (drafts) => {
      let ids: string[] | null = null;
      await run(drafts, async () => {
        ids = (await signEvents(drafts)).map(({ id }) => id);
        return { kind: 'idle' };
      });
      return ids;
    },
  };
}
