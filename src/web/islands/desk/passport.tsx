import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Passport } from '../../../core/api/access/passport.js';
import { accessClient } from '../browser/session.js';
import { textIn } from './local-time.js';
import { useSay } from './mount.js';
import { type Refused, Refusal, refusedBy } from './refusal.js';

/** Publishes what everyone may know of a lot, and withdraws it. */
export function LotPassport({ lot }: { lot: string }): VNode {
  const say = useSay();
  const [passport, setPassport] = useState<Passport | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  useEffect(() => void accessClient.passport(lot).then(setPassport, () => null), [lot]);
  const publish = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    const [gtin, serial] = [textIn(data, 'gtin'), textIn(data, 'serial')];
    const asked = {
      evidence: data.has('evidence'),
      ...(gtin === '' ? {} : { gtin }),
      ...(serial === '' ? {} : { serial }),
    };
    setFault(null);
    await accessClient.publishPassport(lot, asked).then(setPassport, (error: Error) => setFault(refusedBy(error)));
  };
  return (
    <section>
      <h2>{say.word('desk.passport')}</h2>
      <p class="soft">{say.word('desk.passport.explained')}</p>
      {passport === null ? (
        <form
          class="fields"
          onSubmit={(event) => {
            event.preventDefault();
            void publish(event.currentTarget);
          }}
        >
          <label>
            {say.word('desk.passport.gtin')}
            <input name="gtin" inputMode="numeric" maxLength={14} autoComplete="off" />
          </label>
          <label>
            {say.word('desk.passport.serial')}
            <input name="serial" maxLength={20} autoComplete="off" />
          </label>
          <label class="check">
            <input name="evidence" type="checkbox" /> {say.word('desk.passport.evidence')}
          </label>
          <button class="btn" type="submit">
            {say.word('desk.passport.publish')}
          </button>
        </form>
      ) : (
        <Published
          passport={passport}
          withdraw={() => void accessClient.withdrawPassport(lot).then(() => setPassport(null))}
        />
      )}
      <div class="bad" role="status">
        {fault === null ? null : <Refusal {...fault} />}
      </div>
    </section>
  );
}

function Published({ passport, withdraw }: { passport: Passport; withdraw: () => void }): VNode {
  const say = useSay();
  const { code, evidence } = passport;
  return (
    <p class="row">
      <a href={`/p/${code}`}>
        <code>{code}</code>
      </a>
      <span>{say.word(evidence ? 'desk.passport.withEvidence' : 'desk.passport.withoutEvidence')}</span>
      <button class="btn" type="button" onClick={withdraw}>
        {say.word('desk.withdraw')}
      </button>
    </p>
  );
}
