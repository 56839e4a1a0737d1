import type { ComponentChildren, VNode } from 'preact';
import { FindingItem } from '../ui/finding.js';
import { MonthBars } from '../ui/chart.js';
import { Actor, Event, Lot, Site, Tag, Time } from '../ui/chips.js';
import { Boundary } from '../ui/boundary.js';
import { Confirm } from '../ui/dialog.js';
import { WorldMap } from '../ui/map.js';
import { Heading, type Page, SearchForm, useSay } from '../ui/frame.js';
import { Icon, iconNames } from '../ui/icons.js';
import { LineageGraph } from '../ui/graph.js';
import { Qr } from '../ui/qr.js';
import { Facts, Table } from '../ui/table.js';
import { HoldingBars } from '../ui/timeline.js';
import { Severity, VerdictRows } from '../ui/verdicts.js';
import { foldLineage } from '../explorer/fold.js';
import { mapOf } from '../explorer/places.js';
import { sampleSite } from './place-samples.js';
import { sampleLot, samplePlaces } from './samples.js';

/** Returns the page that shows every component in every state; for those who develop the pages, so in English alone. */
export const storiesPage = (): Page => ({ title: 'Components', searches: true, body: <Stories /> });

const Story = ({ name, children }: { name: string; children: ComponentChildren }): VNode => (
  <section>
    <Heading>{name}</Heading>
    {children}
  </section>
);

const text = (row: string): string => row;
const reasons = {
  record: 'All 85 entries are verified.',
  custody: '92 % of the mass is traced.',
  risk: '70 rules decided.',
};

function Stories(): VNode {
  const { findings } = sampleLot();
  return (
    <div lang="en">
      <h1>Components</h1>
      <p class="lede">Each in every state that it has, in the scheme of this browser.</p>
      <Story name="Text and links">
        <p>
          Text, <a href="#x">a link</a>, <code>code</code>, <small>small</small>, <strong>strong</strong>,{' '}
          <span class="ok">good</span>, <span class="warn">doubtful</span>, <span class="bad">bad</span>.
        </p>
      </Story>
      <Story name="Icons">
        <p class="chips">
          {iconNames.map((name) => (
            <span key={name}>
              <Icon name={name} /> {name}
            </span>
          ))}
        </p>
      </Story>
      <Verdicts />
      <Story name="Severities">
        <p class="chips">
          {['low', 'medium', 'high', 'critical'].map((severity) => (
            <Severity key={severity} of={severity} />
          ))}
        </p>
      </Story>
      <Story name="People, places, goods, times">
        <p class="chips">
          <Actor id="smelter-klang" /> <Actor id="ledger" /> <Site id="hill" /> <Tag number="SYN-M-4411" />
          <Lot id="90553cb5-5b7d-8c41-9a10-6e2f4d8b7c01" />
          <Event id="ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs" /> <Time at="2026-05-12T08:10:00+02:00" />
        </p>
      </Story>
      <Tables />
      <Drawings />
      <Maps />
      <Story name="Dialog, open">
        <Confirm question="Revoke the key prometheus?" yes="Revoke" open />
      </Story>
      <States />
      <Story name="Findings">
        {findings.map((finding) => (
          <FindingItem key={finding.id} finding={finding} nameOf={(lot) => lot.slice(0, 8)} />
        ))}
      </Story>
      <Forms />
    </div>
  );
}

const Tables = (): VNode => (
  <Story name="Table, empty table, facts">
    <Table
      rows={['a', 'b']}
      columns={[
        { title: 'Name', text },
        { title: 'Number', text: () => '1', number: true },
      ]}
      empty=""
      label="Table"
    />
    <Table
      rows={[]}
      columns={[{ title: 'Name', text }]}
      empty="Nothing matches. Remove a filter."
      label="Empty table"
    />
    <Facts
      facts={[
        ['Name', 'value'],
        ['Absent', null],
      ]}
    />
  </Story>
);

function Verdicts(): VNode {
  return (
    <Story name="Verdicts">
      <VerdictRows verdicts={{ record: 'intact', custody: 'complete', risk: 'none' }} reasons={reasons} />
      <VerdictRows verdicts={{ record: 'intact', custody: 'open', risk: 'low' }} reasons={reasons} />
      <VerdictRows verdicts={{ record: 'broken', custody: 'gaps', risk: 'critical' }} reasons={reasons} />
      <VerdictRows verdicts={{ record: 'intact', custody: 'complete', risk: 'undetermined' }} reasons={reasons} />
    </Story>
  );
}

function Drawings(): VNode {
  const { story, lineage, now } = sampleLot();
  const bars = ['2026-03', '2026-04', '2026-05'].map((label, i) => ({ label, value: 1000 * (i + 1), limit: 2500 }));
  return (
    <>
      <Story name="Holders, with a gap">
        <HoldingBars holdings={story.holdings} now={now} mineral="cassiterite" />
      </Story>
      <Story name="Lineage, with a broken part">
        <LineageGraph
          lineage={foldLineage(lineage)}
          own={lineage.lot}
          mineral="cassiterite"
          nameOf={(lot) => lot.slice(0, 8)}
          broken={new Set(lineage.nodes.slice(2, 3).map(({ lot }) => lot))}
        />
      </Story>
      <Story name="Months, one above its limit">
        <MonthBars bars={bars} label="Months" />
      </Story>
      <Story name="QR code">
        <Qr text="https://ledger.example.org/p/7K3Q9MZXBT" label="QR code" />
      </Story>
    </>
  );
}

function Maps(): VNode {
  const say = useSay();
  const { place } = sampleSite();
  return (
    <Story name="Map with a way and a country alone, and the boundary of a site">
      <WorldMap {...mapOf(say, samplePlaces())} label="Map" />
      <Boundary rings={place?.polygon ?? []} point={place?.point ?? null} label="Boundary" />
    </Story>
  );
}

/** Renders the states of a page without contents: loading, empty, failed, offline, not allowed, not found. */
const States = (): VNode => (
  <Story name="Loading, empty, error, offline, not allowed, not found">
    <p class="soft" aria-busy="true">
      Loading
    </p>
    <p class="empty">Nothing here yet. Declare a lot to begin.</p>
    <p class="note bad">The page could not be made. Try again; the request was 0198f2c0.</p>
    <p class="note warn">No network. What you sign stays in this browser and is sent later.</p>
    <p class="note">This is for the holder of the lot. Sign in as another actor.</p>
    <p class="empty">There is no such lot, or it is not shown to you.</p>
  </Story>
);

const Forms = (): VNode => (
  <Story name="Forms, notes, folds">
    <SearchForm large />
    <p class="row more-space">
      <button type="button" class="btn main">
        Main
      </button>
      <button type="button" class="btn">
        Other
      </button>
      <button type="button" class="btn" disabled>
        Disabled
      </button>
    </p>
    <p class="note">A note.</p>
    <p class="note warn">A warning.</p>
    <p class="note bad">Something is wrong.</p>
    <details>
      <summary>Folded</summary>
      <pre tabIndex={0}>raw bytes</pre>
    </details>
  </Story>
);
