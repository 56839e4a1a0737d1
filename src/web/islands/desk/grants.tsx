import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Grant } from '../../../core/api/access/grant.js';
import { accessClient } from '../browser/session.js';
import { answerTo } from '../browser/sign-events.js';
import { textIn } from './local-time.js';
import { ShownUntil, endIn } from './shown-until.js';
import { useSay } from './mount.js';
import { SigningResult } from './parts.js';
import { useSigning } from './use-signing.js';

/** Lists the grants of the reader that let others see a lot. */
async function grantsOn(lot: string): Promise<Grant[]> {
  const found: Grant[] = [];
  for await (const grant of accessClient.grants())
    if (grant.only.lots === null || grant.only.lots.includes(lot)) found.push(grant);
  return found;
}

/** Gives and withdraws grants on a lot; both are signed events. */
export function Grants({ lot }: { lot: string }): VNode {
  const say = useSay();
  const [grants, setGrants] = useState<Grant[]>([]);
  const { signing, sign } = useSigning();
  const read = (): void => void grantsOn(lot).then(setGrants, () => null);
  useEffect(read, [lot]);
  const signed = async (type: string, body: Record<string, unknown>): Promise<void> => {
    const ids = await sign([{ type, body }]);
    if (ids?.[0] === undefined) return;
    await answerTo(ids[0]);
    read();
  };
  const give = (form: HTMLFormElement): void => {
    const data = new FormData(form);
    const disclosures = data.has('disclosures') ? { disclosures: true } : {};
    void signed('grant.given', {
      to: textIn(data, 'to'),
      until: endIn(data),
      only: { lots: [lot] },
      ...disclosures,
    });
  };
  return (
    <section>
      <h2>{say.word('desk.grants')}</h2>
      <p class="soft">{say.word('desk.grants.explained')}</p>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          give(event.currentTarget);
        }}
      >
        <label>
          {say.word('desk.grant.to')}
          <input name="to" required maxLength={64} autoComplete="off" spellcheck={false} />
        </label>
        <ShownUntil />
        <button class="btn" type="submit" disabled={signing.kind === 'working'}>
          {say.word('desk.grant.give')}
        </button>
      </form>
      <SigningResult signing={signing} placeOf={() => ''} />
      {grants.length === 0 ? <p class="empty">{say.word('desk.grants.none')}</p> : null}
      <GrantTable grants={grants} withdraw={(grant) => void signed('grant.withdrawn', { grant })} />
    </section>
  );
}

function GrantTable({
  grants,
  withdraw,
}: {
  grants: readonly Grant[];
  withdraw: (grant: string) => void;
}): VNode | null {
  const say = useSay();
  if (grants.length === 0) return null;
  return (
    <table class="stack" aria-label={say.word('desk.grants')}>
      <tbody>
        {grants.map(({ grant, by, to, until, state, only }) => (
          <tr key={grant}>
            <td>
              <a href={`/actors/${encodeURIComponent(to)}`}>{to}</a>{' '}
              <small>{say.word(only.lots === null ? 'desk.grant.all' : 'desk.grant.thisLot', { by })}</small>
            </td>
            <td>{say.date(until)}</td>
            <td>{say.word(`desk.in.${state}`)}</td>
            <td>
              {state === 'inForce' ? (
                <button class="btn" type="button" onClick={() => withdraw(grant)}>
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
