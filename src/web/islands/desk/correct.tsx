import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type CorrectData, type ShownClaim, changesOf } from '../../desk/corrections.js';
import type { Fault } from '../../desk/typed.js';
import { offsetHere } from './local-time.js';
import { useSay } from './mount.js';
import { CellInput, SigningResult } from './parts.js';
import { Sent } from './sent.js';
import { useDraft } from './use-draft.js';
import { useSigning } from './use-signing.js';

/** A time as events state it. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

interface CorrectDraft {
  texts: Record<string, string>;
  reason: string;
}

/** Returns the name of a claim for people, with the number of its lot. */
function useClaimName(): (claim: ShownClaim) => string {
  const say = useSay();
  return ({ pointer, field }) => {
    const [, at] = /\/(\d+)\//.exec(pointer) ?? [];
    return `${say.coded('desk.claim', field.claim)}${at === undefined ? '' : ` ${Number(at) + 1}`}`;
  };
}

/** Corrects claims of an event: each one that is changed becomes a signed correction. */
export function Correct(data: CorrectData): VNode {
  const say = useSay();
  const claimName = useClaimName();
  const [draft, setDraft, forget] = useDraft<CorrectDraft>({ texts: {}, reason: '' });
  const [tried, setTried] = useState(false);
  const [sent, setSent] = useState<string | null>(null);
  const { signing, sign } = useSigning();
  const changes = changesOf(data, draft.texts, offsetHere());
  const reason = draft.reason.trim();
  const correct = async (): Promise<void> => {
    setTried(true);
    if (changes.length === 0 || reason === '' || changes.some(({ fault }) => fault !== undefined)) return;
    const drafts = changes.map(({ body, claim }) => ({
      type: 'event.corrected',
      body: { ...body, reason },
      called: [claimName(claim)],
    }));
    const ids = await sign(drafts);
    if (ids === null) return;
    forget();
    setSent(ids.at(-1) ?? null);
  };
  if (sent !== null) return <Sent id={sent} />;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void correct();
      }}
    >
      <Claims
        claims={data.claims}
        texts={draft.texts}
        faults={new Map(changes.map(({ claim, fault }) => [claim.pointer, fault]))}
        set={(pointer, text) => setDraft((before) => ({ ...before, texts: { ...before.texts, [pointer]: text } }))}
      />
      <div class="fields">
        <div>
          <label for="reason">{say.word('desk.claim.reason')} *</label>
          <CellInput
            id="reason"
            label={say.word('desk.claim.reason')}
            value={draft.reason}
            set={(text) => setDraft((before) => ({ ...before, reason: text }))}
            fault={tried && reason === '' ? { code: 'empty' } : undefined}
          />
        </div>
      </div>
      <SigningResult signing={signing} placeOf={() => ''} />
      <div class="sheetbar">
        <span class="soft" role="status">
          {say.count('desk.corrections', changes.length)}
        </span>
        <div class="row last">
          <button class="btn main" type="submit" disabled={changes.length === 0 || signing.kind === 'working'}>
            {say.word('desk.sign')}
          </button>
        </div>
      </div>
    </form>
  );
}

interface ClaimsProps {
  claims: readonly ShownClaim[];
  texts: Readonly<Record<string, string>>;
  faults: ReadonlyMap<string, Fault | undefined>;
  set: (pointer: string, text: string) => void;
}

function Claims({ claims, texts, faults, set }: ClaimsProps): VNode {
  const say = useSay();
  const claimName = useClaimName();
  const corrected = say.word('desk.corrected');
  return (
    <table class="stack sheet" aria-label={say.word('desk.correct')}>
      <thead>
        <tr>
          <th scope="col">{say.word('desk.claim')}</th>
          <th scope="col">{say.word('desk.now')}</th>
          <th scope="col">{corrected}</th>
        </tr>
      </thead>
      <tbody>
        {claims.map((claim) => (
          <tr key={claim.pointer}>
            <td>{claimName(claim)}</td>
            <td data-label={say.word('desk.now')}>
              {claim.shown === '' ? '–' : INSTANT.test(claim.shown) ? say.dateTime(claim.shown) : claim.shown}
            </td>
            <td data-label={corrected}>
              <CellInput
                id={`c${claim.pointer}`}
                label={`${corrected}: ${claimName(claim)}`}
                value={texts[claim.pointer] ?? claim.shown}
                set={(text) => set(claim.pointer, text)}
                fault={faults.get(claim.pointer)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
