import type { VNode } from 'preact';

/** The icons, each as one path on a field of 24 by 24. */
const paths = {
  intact: 'M12 3 4 6v6c0 4.6 3.4 7.9 8 9 4.6-1.1 8-4.4 8-9V6zM8.5 12l2.5 2.5 4.5-5',
  broken: 'M12 3 4 6v6c0 4.6 3.4 7.9 8 9 4.6-1.1 8-4.4 8-9V6zM9 9.5l6 6M15 9.5l-6 6',
  linked: 'M9 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM21 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM9 12h6',
  unlinked: 'M9 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM21 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM11 8l2 8',
  moving: 'M3 12h14M12 6l6 6-6 6',
  check: 'm5 13 4 4L19 7',
  cross: 'M6 6l12 12M18 6 6 18',
  warning: 'M12 4 3 20h18zM12 10v4.5M12 17.4v.2',
  unknown: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 17v.2',
  wait: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2',
} as const;
export type IconName = keyof typeof paths;
export const iconNames = Object.keys(paths) as IconName[];

/** Renders an icon beside a word that says the same; it is hidden from screen readers. */
export const Icon = ({ name, tone }: { name: IconName; tone?: Tone }): VNode => (
  <svg class={`icon ${tone ?? ''}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);

/** How good or bad a state is; a word always says the same. */
export type Tone = 'ok' | 'warn' | 'bad';
