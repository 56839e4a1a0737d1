import type { VNode } from 'preact';
import type { LotState } from '../../core/api/lot.js';
import { axisOfRule } from '../../core/bundle/verdicts.js';
import { Actor, calledLot, calledOf, Event, shortId, Tag } from '../ui/chips.js';
import { FindingItem } from '../ui/finding.js';
import { InEnglish } from '../ui/in-english.js';
import { Heading, type Page, useFrame, useSay } from '../ui/frame.js';
import { LineageGraph } from '../ui/graph.js';
import { WorldMap } from '../ui/map.js';
import { Facts, Table } from '../ui/table.js';
import { HoldingBars } from '../ui/timeline.js';
import { VerdictRows } from '../ui/verdicts.js';
import type { Say } from '../say.js';
import { CheckPanel } from './check-panel.js';
import { foldLineage } from './fold.js';
import type { LotPageData } from './lot-data.js';
import { mapOf } from './places.js';
import { eventColumns, handColumns, handsOf, originColumns } from './lot-tables.js';

/** Events that the page shows before those which one click opens. */
const EVENTS_SHOWN = 12;

/** Returns what a lot is made of, in words: "tin concentrate". */
export const goodsOf = (say: Say, { mineral, form }: Pick<LotState, 'mineral' | 'form'>): string =>
  say.word('goods', { mineral: say.coded('ofMineral', mineral), form: say.coded('form', form) });

/** Returns the page of one lot: the sentence first, then what it does not prove, the verdicts, the story, the proofs. */
export function lotPage(say: Say, data: LotPageData): Page {
  const { lot } = data;
  const name = calledLot(lot);
  return {
    title: `${name}: ${say.roundMass(lot.mass, lot.mineral)} ${goodsOf(say, lot)}`,
    part: 'lots',
    islands: ['islands/page.ts', 'islands/check.ts'],
    body: <LotBody {...data} />,
  };
}

function LotBody(data: LotPageData): VNode {
  const { lot, findings, lineage, story } = data;
  const broken = new Set(findings.filter(({ rule, counts }) => counts && breaks(rule)).flatMap(({ lots }) => lots));
  const nameOf = (id: string): string => {
    const name = story.names.get(id);
    return calledOf({ id, tag: name?.tag, lotNumber: name?.lotNumber });
  };
  return (
    <>
      <Kicker {...data} />
      <Sentence {...data} />
      <Lede {...data} />
      <Verdicts {...data} />
      <div class="cols">
        <div>
          <Holders {...data} />
          <MadeOf {...{ lot, lineage, nameOf, broken }} />
          <Whereabouts {...data} />
          <Hands {...data} />
        </div>
        <aside>
          <Against {...data} nameOf={nameOf} />
          <Limits />
          <Check {...data} />
          <Details {...data} />
        </aside>
      </div>
      <Events {...data} nameOf={nameOf} />
    </>
  );
}

/** Whether findings of a rule make the record or the custody doubtful, and not only the risk. */
const breaks = (rule: string): boolean => ['record', 'custody'].includes(axisOfRule(rule));

function Kicker({ lot }: LotPageData): VNode {
  const say = useSay();
  const { reader } = useFrame();
  return (
    <div class="kicker">
      <span>
        {say.word('lot')} <code title={lot.id}>{shortId(lot.id)}</code>
      </span>
      {lot.tags.length === 0 ? null : (
        <span class="chips">
          {lot.tags.slice(0, 4).map((tag) => (
            <Tag key={tag} number={tag} />
          ))}
          {lot.tags.length > 4 ? <span>+{lot.tags.length - 4}</span> : null}
        </span>
      )}
      {lot.lotNumber === null ? null : (
        <span>
          {say.word('lotNumber')} <code>{lot.lotNumber}</code>
        </span>
      )}
      {reader === lot.holder ? <a href={`/desk/access/${lot.id}`}>{say.word('desk.access')}</a> : null}
    </div>
  );
}

function Sentence({ lot, story }: LotPageData): VNode {
  const say = useSay();
  const since = sinceWhen(lot.id, lot.holder, story);
  const values = {
    mass: say.roundMass(lot.mass, lot.mineral),
    goods: goodsOf(say, lot),
    holder: <Actor id={lot.holder} />,
    receiver: lot.inTransitTo === null ? '' : <Actor id={lot.inTransitTo} />,
    date: since === null ? '' : say.date(since),
  };
  const key = lot.status === 'held' && since === null ? 'sentence.heldNow' : (`sentence.${lot.status}` as const);
  return <h1>{say.parts(key, values)}</h1>;
}

/** Returns since when the holder has the lot: since it came to them, or since they made it; null if that is not shown. */
function sinceWhen(lot: string, holder: string, { events }: LotPageData['story']): string | null {
  const taken = events.findLast(
    ({ lots, iss, type, claims, after }) =>
      lots.includes(lot) &&
      ((type === 'custody.received' && iss === holder && after !== null) ||
        (type === 'custody.assigned' && claims.to === holder) ||
        (claims.outputs?.some((output) => output.lot === lot) === true && iss === holder)),
  );
  return taken?.occurredAt ?? null;
}

/** Says in one paragraph where the lot comes from, whether the record holds, and what is open. */
function Lede({ lot, report, findings, story }: LotPageData): VNode {
  const say = useSay();
  const open = findings.filter(({ counts }) => counts).length;
  const hands = new Set(story.holdings.map(({ holder }) => holder)).size;
  const traced = Number(report.coverage.tracedToSite);
  const origin =
    report.origins.length === 0
      ? say.word('lede.noOrigin')
      : traced === 1
        ? `${say.count('lede.origins', report.origins.length)} ${say.count('lede.hands', hands)}`
        : `${say.count('lede.partOrigins', report.origins.length, { share: say.share(traced) })} ${say.count('lede.hands', hands)}`;
  return (
    <p class="lede">
      {origin} {say.word(lot.verdicts.record === 'intact' ? 'lede.intact' : 'lede.broken')}{' '}
      {say.word(`lede.custody.${lot.verdicts.custody}`)}{' '}
      {open === 0 ? say.word('lede.nothingOpen') : say.count('lede.open', open)}
      {lot.onHold ? <strong class="bad"> {say.word('lede.onHold')}</strong> : null}
    </p>
  );
}

function Verdicts({ lot, report, findings, story }: LotPageData): VNode {
  const say = useSay();
  const { coverage, asOf } = report;
  const behind = asOf.size - asOf.verified;
  const risks = findings.filter(({ rule, counts }) => counts && axisOfRule(rule) === 'risk').length;
  return (
    <VerdictRows
      verdicts={lot.verdicts}
      reasons={{
        record: (
          <>
            {lot.verdicts.record === 'intact'
              ? say.count('reason.intact', story.events.length)
              : say.word('reason.broken')}{' '}
            {behind === 0
              ? say.word('reason.checked', { size: say.number(asOf.verified) })
              : say.count('reason.behind', behind)}
          </>
        ),
        custody: (
          <>
            {say.word(`reason.custody.${lot.verdicts.custody}`)}{' '}
            {say.word('reason.traced', { share: say.share(coverage.tracedToSite) })}
          </>
        ),
        risk: (
          <>
            {risks === 0 ? say.word('reason.noFindings') : say.count('reason.findings', risks)}{' '}
            {report.undecided.length === 0
              ? say.word('reason.decided')
              : say.count('reason.undecided', report.undecided.length)}{' '}
            {say.word('reason.assayed', { share: say.share(coverage.assayed) })}
          </>
        ),
      }}
    />
  );
}

function Holders({ story, now, lot }: LotPageData): VNode | null {
  const say = useSay();
  if (story.holdings.length === 0) return null;
  return (
    <section>
      <Heading more={<a href="#events">{say.word('asTable')}</a>}>{say.word('lot.holders')}</Heading>
      <HoldingBars holdings={story.holdings} now={now} mineral={lot.mineral} />
    </section>
  );
}

interface MadeOfProps extends Pick<LotPageData, 'lot' | 'lineage'> {
  nameOf: (lot: string) => string;
  broken: ReadonlySet<string>;
}

function MadeOf({ lot, lineage, nameOf, broken }: MadeOfProps): VNode {
  const say = useSay();
  return (
    <section>
      <Heading
        more={
          <>
            <a href={`/lots/${lot.id}/lineage`}>{say.word('asTable')}</a>
            <a href={`/lots/${lot.id}/impact`}>{say.word('lot.impact')}</a>
          </>
        }
      >
        {say.word('lot.madeOf')}
      </Heading>
      {lineage.edges.length === 0 ? (
        <p class="empty">{say.word('lot.fromSite')}</p>
      ) : (
        <LineageGraph lineage={foldLineage(lineage)} own={lot.id} mineral={lot.mineral} {...{ nameOf, broken }} />
      )}
      {lineage.truncated ? <p class="soft">{say.word('lot.truncated')}</p> : null}
    </section>
  );
}

function Whereabouts({ places, lot }: LotPageData): VNode {
  const say = useSay();
  return (
    <section>
      <Heading more={<a href={`/lots/${lot.id}/places`}>{say.word('asTable')}</a>}>{say.word('map')}</Heading>
      {places.places.length === 0 ? (
        <p class="empty">{say.word('map.nowhere')}</p>
      ) : (
        <WorldMap {...mapOf(say, places)} label={say.word('map')} />
      )}
    </section>
  );
}

function Hands({ story, lot }: LotPageData): VNode {
  const say = useSay();
  return (
    <section>
      <Heading more={<a href={`/lots/${lot.id}/hands?format=csv`}>CSV</a>}>{say.word('lot.hands')}</Heading>
      <Table
        rows={handsOf(story)}
        columns={handColumns(say, lot.mineral)}
        empty={say.word('lot.noHands')}
        label={say.word('lot.hands')}
      />
    </section>
  );
}

function Against({ findings, report, nameOf }: LotPageData & { nameOf: (lot: string) => string }): VNode {
  const say = useSay();
  const counting = findings.filter(({ counts }) => counts);
  const answered = findings.filter(({ counts }) => !counts);
  return (
    <section>
      <Heading more={say.count('findings', counting.length)}>{say.word('lot.against')}</Heading>
      {report.notices.map(({ kind, text, finding }) => (
        <div class="note bad" key={finding}>
          <strong>{say.coded('notice', kind)}</strong>{' '}
          {say.language === 'en' ? null : findings.find(({ id }) => id === finding)?.means}
          <InEnglish say={say}>{text}</InEnglish>
        </div>
      ))}
      {counting.length === 0 ? <p class="empty">{say.word('lot.nothingAgainst')}</p> : null}
      {counting.map((finding) => (
        <FindingItem key={finding.id} finding={finding} nameOf={nameOf} />
      ))}
      {answered.length === 0 ? null : (
        <details>
          <summary>{say.count('lot.answered', answered.length)}</summary>
          {answered.map((finding) => (
            <FindingItem key={finding.id} finding={finding} nameOf={nameOf} />
          ))}
        </details>
      )}
    </section>
  );
}

function Limits(): VNode {
  const say = useSay();
  return (
    <section class="note">
      <h2>{say.word('limits')}</h2>
      <p>{say.word('limits.text')}</p>
    </section>
  );
}

/** Renders the check of the lot by its reader; one who has a share link may check it after the service has stopped. */
function Check({ lot, isWhole }: LotPageData): VNode {
  const { say, shared } = useFrame();
  const evidence = `/v1/lots/${lot.id}/bundle`;
  if (isWhole)
    return (
      <CheckPanel
        evidence={evidence}
        fresh={`${evidence}?sealed=now`}
        name={lot.id}
        size={lot.asOf.size}
        ahead={shared !== null}
      />
    );
  return (
    <section>
      <Heading>{say.word('check')}</Heading>
      <p class="soft">{say.word('check.notWhole')}</p>
    </section>
  );
}

function Details({ lot, report }: LotPageData): VNode {
  const say = useSay();
  return (
    <section>
      <Heading>{say.word('lot.details')}</Heading>
      <Facts
        facts={[
          [say.word('lot.mass'), say.mass(lot.mass, lot.mineral)],
          [
            say.word('lot.moisture'),
            lot.moisturePercent === null ? null : `${say.number(Number(lot.moisturePercent))} %`,
          ],
          [
            say.word('lot.grades'),
            lot.grades.length === 0
              ? null
              : lot.grades
                  .map(({ analyte, value, uom }) => `${analyte} ${say.number(Number(value))} ${unitOf(uom)}`)
                  .join(', '),
          ],
          [say.word('lot.model'), lot.model === null ? null : say.coded('model', lot.model)],
          [say.word('lot.status'), say.coded('status', lot.status)],
          [say.word('lot.id'), <code key="id">{lot.id}</code>],
          [say.word('lot.head'), <Event key="head" id={lot.head} />],
        ]}
      />
      <div class="more-space" />
      <Table
        rows={report.origins}
        columns={originColumns(say, lot)}
        empty={say.word('lede.noOrigin')}
        label={say.word('lot.origins')}
      />
    </section>
  );
}

/** Units of grades for people (UN/ECE Recommendation 20). */
const units: Readonly<Record<string, string>> = { P1: '%', GT: 'g/t', '59': 'ppm' };
const unitOf = (uom: string): string => units[uom] ?? uom;

function Events({ lot, story, unread, nameOf }: LotPageData & { nameOf: (lot: string) => string }): VNode {
  const say = useSay();
  const columns = eventColumns(say, { lot: lot.id, mineral: lot.mineral, nameOf });
  const rows = story.events.toReversed();
  const rest = rows.slice(EVENTS_SHOWN);
  return (
    <section id="events">
      <Heading
        more={
          <>
            <span>{say.count('events', rows.length)}</span>
            <a href={`/lots/${lot.id}/events?format=csv`}>CSV</a>
          </>
        }
      >
        {say.word('lot.events')}
      </Heading>
      <Table
        rows={rows.slice(0, EVENTS_SHOWN)}
        columns={columns}
        empty={say.word('lot.noEvents')}
        label={say.word('lot.events')}
      />
      {rest.length === 0 ? null : (
        <details>
          <summary>{say.count('lot.earlier', rest.length)}</summary>
          <Table rows={rest} columns={columns} empty="" label={say.word('lot.events')} />
        </details>
      )}
      {unread === 0 ? null : <p class="soft">{say.count('lot.unread', unread)}</p>}
    </section>
  );
}
