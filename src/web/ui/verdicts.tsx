import type { ComponentChildren, VNode } from 'preact';
import type { Verdicts } from '../../core/api/lot.js';
import { useSay } from './frame.js';
import { Icon, type IconName, type Tone } from './icons.js';

type Axis = keyof Verdicts;

/** The icon and the tone of each verdict; its word is in the catalogue. */
const looks: { readonly [A in Axis]: Readonly<Record<Verdicts[A], readonly [IconName, Tone | undefined]>> } = {
  record: { intact: ['intact', 'ok'], broken: ['broken', 'bad'] },
  custody: { complete: ['linked', 'ok'], open: ['moving', 'warn'], gaps: ['unlinked', 'bad'] },
  risk: {
    none: ['intact', 'ok'],
    low: ['warning', 'warn'],
    medium: ['warning', 'warn'],
    high: ['warning', 'bad'],
    critical: ['warning', 'bad'],
    undetermined: ['unknown', undefined],
  },
};

const lookOf = (axis: Axis, verdict: string): readonly [IconName, Tone | undefined] =>
  (looks[axis] as Readonly<Record<string, readonly [IconName, Tone | undefined]>>)[verdict] ?? ['unknown', undefined];

/** Renders the three verdicts, each with its icon, its word, and what it rests on. There is no single one. */
export function VerdictRows({
  verdicts,
  reasons,
}: {
  verdicts: Verdicts;
  reasons: Readonly<Record<Axis, ComponentChildren>>;
}): VNode {
  const say = useSay();
  return (
    <div class="verdicts">
      {(['record', 'custody', 'risk'] as const).map((axis) => {
        const [icon, tone] = lookOf(axis, verdicts[axis]);
        return (
          <div class="verdict" key={axis}>
            <Icon name={icon} tone={tone} />
            <h2>{say.word(`verdict.${axis}`)}</h2>
            <strong class={tone === 'ok' ? undefined : tone}>{say.coded(axis, verdicts[axis])}</strong>
            <p>{reasons[axis]}</p>
          </div>
        );
      })}
    </div>
  );
}

const severityLooks: Readonly<Record<string, readonly [IconName, Tone | undefined]>> = {
  low: ['wait', undefined],
  medium: ['warning', 'warn'],
  high: ['warning', 'bad'],
  critical: ['broken', 'bad'],
};

/** Renders how serious a finding is, as an icon and its word. */
export function Severity({ of }: { of: string }): VNode {
  const [icon, tone] = severityLooks[of] ?? ['unknown', undefined];
  return (
    <span class={`word ${tone ?? ''}`}>
      <Icon name={icon} /> {useSay().coded('severity', of)}
    </span>
  );
}

/** Renders the three verdicts as one line of icons and words, for a row of a table. */
export function VerdictWords({ verdicts }: { verdicts: Verdicts }): VNode {
  const say = useSay();
  const shown = (['record', 'custody', 'risk'] as const).filter((axis) => lookOf(axis, verdicts[axis])[1] !== 'ok');
  const all = shown.length === 0 ? (['risk'] as const) : shown;
  return (
    <>
      {all.map((axis) => {
        const [icon, tone] = lookOf(axis, verdicts[axis]);
        return (
          <span key={axis} class={`word ${tone ?? ''}`}>
            <Icon name={icon} />{' '}
            {say.word('verdict.of', {
              axis: say.word(`verdict.${axis}`),
              verdict: say.coded(axis, verdicts[axis]),
            })}{' '}
          </span>
        );
      })}
    </>
  );
}
