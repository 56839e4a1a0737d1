import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Access as AccessOf, MadeShare, Share } from '../../../core/api/access/share.js';
import { accessClient } from '../browser/session.js';
import { Grants } from './grants.js';
import { textIn } from './local-time.js';
import { ShownUntil, endIn } from './shown-until.js';
import { useSay } from './mount.js';
import { LotPassport } from './passport.js';
import { type Refused, Refusal, refusedBy } from './refusal.js';

const READS_SHOWN = 100;

/** Lists the share links of a lot; reading the record of access first writes the uses that are still counted in memory. */
async function sharesNow(lot: string): Promise<Share[]> {
  const reads = accessClient.accesses(lot);
  await reads.next().catch(() => null);
  return accessClient.shares(lot);
}

/** Shares a lot, grants access to it, and lists who read it. */
export function LotAccess({ lot }: { lot: string }): VNode {
  const [shares, setShares] = useState<Share[]>([]);
  const read = (): void => void sharesNow(lot).then(setShares, () => null);
  useEffect(read, [lot]);
  return (
    <>
      <Shares lot={lot} shares={shares} changed={read} />
      <LotPassport lot={lot} />
      <Grants lot={lot} />
      <Reads lot={lot} shares={shares} />
    </>
  );
}

function Shares({ lot, shares, changed }: { lot: string; shares: readonly Share[]; changed: () => void }): VNode {
  const say = useSay();
  const [made, setMade] = useState<MadeShare | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const make = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    const label = textIn(data, 'label');
    setFault(null);
    setMade(null);
    await accessClient
      .makeShare(lot, {
        expiresAt: endIn(data),
        disclosures: data.has('disclosures'),
        ...(label === '' ? {} : { label }),
      })
      .then(setMade, (error: Error) => setFault(refusedBy(error)));
    changed();
  };
  return (
    <section>
      <h2>{say.word('desk.shares')}</h2>
      <p class="soft">{say.word('desk.shares.explained')}</p>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void make(event.currentTarget);
        }}
      >
        <label>
          {say.word('desk.share.label')}
          <input name="label" maxLength={200} autoComplete="off" />
        </label>
        <ShownUntil />
        <button class="btn main" type="submit">
          {say.word('desk.share.make')}
        </button>
      </form>
      <div role="status">
        {fault === null ? null : (
          <div class="note bad">
            <Refusal {...fault} />
          </div>
        )}
        {made === null ? null : (
          <div class="note">
            <label for="made">{say.word('desk.share.made')}</label>
            <input
              id="made"
              class="wide"
              readOnly
              value={made.url}
              onFocus={({ currentTarget }) => currentTarget.select()}
            />
          </div>
        )}
      </div>
      <ShareTable shares={shares} changed={changed} />
    </section>
  );
}

function ShareTable({ shares, changed }: { shares: readonly Share[]; changed: () => void }): VNode {
  const say = useSay();
  if (shares.length === 0) return <p class="empty">{say.word('desk.shares.none')}</p>;
  const stateOf = ({ withdrawnAt, expiresAt }: Share): 'withdrawn' | 'ended' | 'inForce' =>
    withdrawnAt !== null ? 'withdrawn' : Date.parse(expiresAt) < Date.now() ? 'ended' : 'inForce';
  return (
    <table class="stack" aria-label={say.word('desk.shares')}>
      <thead>
        <tr>
          {(
            [
              'desk.share.label',
              'desk.share.until',
              'desk.share.uses',
              'desk.share.lastUse',
              'desk.state',
              'desk.next',
            ] as const
          ).map((key) => (
            <th key={key} scope="col">
              {say.word(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shares.map((share) => (
          <tr key={share.id}>
            <td>{share.label ?? '–'}</td>
            <td>{say.date(share.expiresAt)}</td>
            <td>{say.count('desk.uses', share.uses)}</td>
            <td>{share.lastUsedAt === null ? '–' : say.dateTime(share.lastUsedAt)}</td>
            <td>{say.word(`desk.in.${stateOf(share)}`)}</td>
            <td>
              {stateOf(share) === 'inForce' ? (
                <button
                  class="btn"
                  type="button"
                  onClick={() => void accessClient.withdrawShare(share.id).then(changed)}
                >
                  {say.word('desk.withdraw')}
                </button>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What a route shows of a lot, in a word. */
function partOf(route: string): 'bundle' | 'report' | 'events' | 'origin' | 'lot' {
  if (route.includes('bundle')) return 'bundle';
  if (route.includes('report')) return 'report';
  if (route.includes('events')) return 'events';
  return route.includes('lineage') || route.includes('impact') ? 'origin' : 'lot';
}

function Reads({ lot, shares }: { lot: string; shares: readonly Share[] }): VNode {
  const say = useSay();
  const [reads, setReads] = useState<AccessOf[] | null>(null);
  useEffect(() => {
    const read = async (): Promise<AccessOf[]> => {
      const found: AccessOf[] = [];
      for await (const access of accessClient.accesses(lot)) if (found.push(access) === READS_SHOWN) break;
      return found;
    };
    read().then(setReads, () => setReads([]));
  }, [lot]);
  const viewerOf = (viewer: string): VNode | string => {
    const [kind, id = ''] = viewer.split(':');
    if (kind === 'actor') return <a href={`/actors/${encodeURIComponent(id)}`}>{id}</a>;
    if (kind !== 'share') return say.word('desk.reader.operator');
    return say.word('desk.reader.share', { label: shares.find((share) => share.id === id)?.label ?? id.slice(0, 8) });
  };
  return (
    <section>
      <h2>{say.word('desk.reads')}</h2>
      {reads === null ? <div class="skeleton" /> : null}
      {reads?.length === 0 ? <p class="empty">{say.word('desk.reads.none')}</p> : null}
      {reads === null || reads.length === 0 ? null : (
        <table class="stack" aria-label={say.word('desk.reads')}>
          <tbody>
            {reads.map(({ at, viewer, route }, i) => (
              <tr key={i}>
                <td>{viewerOf(viewer)}</td>
                <td>{say.word(`desk.read.${partOf(route)}`)}</td>
                <td>{say.dateTime(at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
