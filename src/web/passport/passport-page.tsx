import type { VNode } from 'preact';
import type { Say } from '../say.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { Qr } from '../ui/qr.js';
import { Facts } from '../ui/table.js';
import { VerdictRows } from '../ui/verdicts.js';
import type { PassportData } from './passport.js';
import { passportWords } from './passport-words.js';

/** Returns the passport of published goods, for readers who scanned a code. */
export const passportPage = (say: Say, data: PassportData): Page => ({
  title: passportWords(say, data).sentence,
  narrow: true,
  bare: true,
  body: <PassportBody {...data} />,
});

function PassportBody(data: PassportData): VNode {
  const say = useSay();
  const { sentence, lede, verdicts, steps, facts } = passportWords(say, data);
  const reasons = Object.fromEntries(verdicts.map(({ axis, reason }) => [axis, reason]));
  return (
    <>
      <div class="kicker">
        <span>{say.word('passport')}</span>
        <code>{data.name}</code>
      </div>
      <h1>{sentence}</h1>
      <p class="lede">{lede}</p>
      <VerdictRows verdicts={data.verdicts} reasons={reasons as Record<'record' | 'custody' | 'risk', string>} />
      <section>
        <Heading>{say.word('passport.story')}</Heading>
        <Facts facts={steps.map(({ month, text }) => [month, text])} />
      </section>
      <section class="note">
        <h2>{say.word('limits')}</h2>
        <p>{say.word('limits.text')}</p>
        <p>{say.word('passport.private')}</p>
      </section>
      <section>
        <Heading>{say.word('check')}</Heading>
        <div class="beside">
          <div>
            <p>{say.word('passport.check')}</p>
            <p class="row more-space no-print">
              <a class="btn" href={data.evidence} download>
                {say.word('check.bundle')}
              </a>
              <a class="btn" href={`${new URL(data.url).pathname}.pdf`}>
                {say.word('passport.pdf')}
              </a>
            </p>
          </div>
          <Qr text={data.url} label={say.word('passport.qr', { code: data.code })} />
        </div>
        <Facts facts={facts} />
      </section>
    </>
  );
}
