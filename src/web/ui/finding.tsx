import type { VNode } from 'preact';
import type { TitledFinding } from '../explorer/lot-data.js';
import { figuresIn } from '../figures.js';
import { Event, Lot, Time } from './chips.js';
import { Leads, useSay } from './frame.js';
import { InEnglish } from './in-english.js';
import { Severity } from './verdicts.js';

/** Lots and events that an item names at most; the finding's own page has all. */
const NAMED = 3;

/** Renders a finding: how serious, what, on what, since when, and where it is explained. */
export function FindingItem({ finding, nameOf }: { finding: TitledFinding; nameOf: (lot: string) => string }): VNode {
  const say = useSay();
  const { id, rule, title, means, severity, status, detail, share, openedAt, lots, events } = finding;
  const { measured, threshold } = finding;
  return (
    <article class="finding">
      <h3>
        <Leads to={`/findings/${id}`}>{title}</Leads>
      </h3>
      {say.language === 'en' ? null : (
        <>
          <p>{means}</p>
          <p>
            {say.word(threshold === '' ? 'finding.figure' : 'finding.figures', {
              measured: figuresIn(say, measured),
              threshold: figuresIn(say, threshold),
            })}
          </p>
        </>
      )}
      <InEnglish say={say}>{detail}</InEnglish>
      <p>
        <Severity of={severity} />{' '}
        {share === null || share === '1.0000' ? null : `· ${say.word('finding.share', { share: say.share(share) })} `}·{' '}
        {say.coded('findingStatus', status)} · <Time at={openedAt} hour={false} />
      </p>
      <p>
        <small class="chips">
          {lots.slice(0, NAMED).map((lot) => (
            <Lot key={lot} id={lot} tag={nameOf(lot)} />
          ))}
          {lots.length > NAMED ? <span>+{lots.length - NAMED}</span> : null}
          {events.slice(0, NAMED).map((event) => (
            <span key={event}>
              {say.word('event')} <Event id={event} />
            </span>
          ))}
          <a href={`/rules/${rule}`}>{say.word('finding.meaning')}</a>
        </small>
      </p>
    </article>
  );
}
