import type { VNode } from 'preact';
import type { PassportData } from '../../core/api/access/passport.js';
import { CheckPanel } from '../explorer/check-panel.js';
import type { Say } from '../say.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { WorldMap } from '../ui/map.js';
import { Qr } from '../ui/qr.js';
import { Facts } from '../ui/table.js';
import { VerdictRows } from '../ui/verdicts.js';
import { passportMap } from './passport-map.js';
import { passportWords } from './passport-words.js';

/** Returns the passport of published goods, for readers who scanned a code. */
export const passportPage = (say: Say, data: PassportData): Page => ({
  title: passportWords(say, data).sentence,
  narrow: true,
  bare: true,
  islands: data.evidence === null ? [] : ['islands/check.ts'],
  body: <PassportBody {...data} />,
});

/** Units between the points of its map, which has to be small. */
const APART = 7;

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
        <WorldMap {...passportMap(say, data)} label={say.word('passport.map')} apart={APART} />
        <Facts facts={steps.map(({ month, text }) => [month, text])} />
      </section>
      <section class="note">
        <h2>{say.word('limits')}</h2>
        <p>{say.word('limits.text')}</p>
        <p>{say.word('passport.private')}</p>
      </section>
      {data.evidence === null ? null : <CheckPanel evidence={data.evidence} name={data.code} size={data.size} ahead />}
      <section>
        <Heading>{say.word('passport.label')}</Heading>
        <div class="beside">
          <div>
            <p>{say.word(data.evidence === null ? 'passport.noEvidence' : 'passport.scan')}</p>
            <p class="row more-space no-print">
              <a class="btn" href={`/p/${data.code}.pdf`}>
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
