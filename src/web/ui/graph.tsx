import { Graph, layout } from '@dagrejs/dagre';
import type { VNode } from 'preact';
import type { FoldedLineage, LineageBox } from '../explorer/fold.js';
import { Leads, useSay } from './frame.js';

const BOX = { width: 132, height: 42 };
/** Least and greatest thickness of a flow. */
const THIN = 1.5;
const THICK = 14;
const MARGIN = 4;
/** Width from which a drawing scrolls on a narrow screen instead of shrinking. */
const WIDE = 520;

interface Placed {
  x: number;
  y: number;
}

interface GraphProps {
  lineage: FoldedLineage;
  own: string;
  mineral: string;
  nameOf: (lot: string) => string;
  /** Lots with a finding that breaks their record or custody. */
  broken: ReadonlySet<string>;
}

/** Draws what a lot was made of, from left to right, with edges as thick as the mass that flowed. */
export function LineageGraph({ lineage, own, mineral, nameOf, broken }: GraphProps): VNode {
  const say = useSay();
  const graph = new Graph().setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 46, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key } of lineage.boxes) graph.setNode(key, { ...BOX });
  for (const { from, to } of lineage.flows) graph.setEdge(from, to);
  layout(graph);
  const at = (key: string): Placed => graph.node(key) as Placed;
  const most = Math.max(...lineage.flows.map(({ mass }) => mass), 1e-9);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const isBroken = new Map(lineage.boxes.map(({ key, lots }) => [key, lots.some((lot) => broken.has(lot))]));
  return (
    <div class="scroll" tabIndex={0}>
      <svg
        class={width > WIDE ? 'drawing graph wide' : 'drawing graph'}
        viewBox={`0 0 ${Math.ceil(width)} ${Math.ceil(height)}`}
        width={Math.ceil(width)}
        role="group"
        aria-label={say.word('lot.madeOf')}
      >
        {lineage.flows.map(({ from, to, mass }) => (
          <path
            key={`${from}${to}`}
            class={isBroken.get(from) === true ? 'flow broken' : 'flow'}
            d={curve(at(from), at(to))}
            stroke-width={isBroken.get(from) === true ? 2 : Math.max(THIN, (mass / most) * THICK).toFixed(1)}
          />
        ))}
        {lineage.boxes.map((box) => (
          <Box
            key={box.key}
            box={box}
            at={at(box.key)}
            state={isBroken.get(box.key) === true ? 'broken' : box.lots[0] === own ? 'own' : ''}
            name={box.lots.length === 1 ? nameOf(box.lots[0] ?? '') : say.count('lots', box.lots.length)}
            mass={say.mass({ value: String(box.mass), uom: 'KGM' }, mineral)}
          />
        ))}
      </svg>
    </div>
  );
}

const curve = (from: Placed, to: Placed): string => {
  const [x1, x2] = [from.x + BOX.width / 2, to.x - BOX.width / 2];
  const middle = ((x1 + x2) / 2).toFixed(1);
  return `M${x1.toFixed(1)} ${from.y.toFixed(1)}C${middle} ${from.y.toFixed(1)} ${middle} ${to.y.toFixed(1)} ${x2.toFixed(1)} ${to.y.toFixed(1)}`;
};

function Box(props: { box: LineageBox; at: Placed; state: string; name: string; mass: string }): VNode {
  const { box, at, state, name, mass } = props;
  const [x, y] = [at.x - BOX.width / 2, at.y - BOX.height / 2];
  const drawing = (
    <g class={`node ${state}`}>
      <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="3" />
      <text x={x + 9} y={y + 17}>
        {name}
      </text>
      <text class="s" x={x + 9} y={y + 33}>
        {mass}
      </text>
    </g>
  );
  return box.lots.length === 1 ? <Leads to={`/lots/${box.lots[0]}`}>{drawing}</Leads> : drawing;
}
