import { type Story, declareAt, findsTheSame, record, says, withLedger } from '../../support/judged-in-cuts.js';

withLedger();

const minesAt = (site: string, hours: number, kg: string) => (): Promise<unknown> =>
  declareAt(hours, {
    place: { site },
    outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: kg, uom: 'KGM' } }],
  });

/** Three hills of one district in February, March, April and May, when one of them rises; then June comes. */
const inEast = [
  says('site.updated', 'registrar', -2_500, { site: 'hill', region: 'East' }),
  ...['ridge', 'slope'].map((site) =>
    says('site.registered', 'registrar', -2_500, {
      site,
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
      region: 'East',
    }),
  ),
  ...[-2_000, -1_440, -720].flatMap((hours) => [
    minesAt('hill', hours, '500'),
    minesAt('ridge', hours + 1, '510'),
    minesAt('slope', hours + 2, '490'),
  ]),
  minesAt('hill', 1, '1200'),
  minesAt('ridge', 2, '520'),
  minesAt('slope', 3, '505'),
  minesAt('ridge', 620, '40'),
];
/** What is found beside: the old months are entered late, and nothing of February moves on. */
const LATE = [...['hill', 'ridge', 'slope'].map(() => 'dwell-too-long'), 'late-entry', 'late-entry'];

const stories: Record<string, [Story, string[]]> = {
  'a hill that rises alone, before whose neighbours enter what they dug earlier': [
    () => [...inEast, minesAt('slope', -730, '30')],
    [...LATE, 'site-rises-alone'],
  ],
  'a hill whose neighbours enter later what they dug in the same month': [
    () => [...inEast, minesAt('slope', 200, '700'), minesAt('ridge', 201, '600')],
    LATE,
  ],
  'a new hill at its full capacity, which an inspector sees later': [
    () => [
      says('site.registered', 'registrar', 0, {
        site: 'ridge',
        country: 'RW',
        operator: 'coop',
        minerals: ['cassiterite'],
        capacity: { workers: 20, kilogramsPerWorkerMonth: { cassiterite: '40' } },
      }),
      minesAt('ridge', 1, '350'),
      minesAt('ridge', 30, '360'),
      says('site.inspected', 'agent', 31, { site: 'ridge', date: '2026-05-13', certification: 1, activity: 1 }),
    ],
    [],
  ],
  'two lots that left, and a new one of both, before which the second is entered late': [
    () => {
      const bag = (kg: string, sn: string) => ({
        outputs: [
          {
            mineral: 'cassiterite',
            form: 'concentrate',
            mass: { value: kg, uom: 'KGM' },
            grades: [{ analyte: 'Sn', value: sn, uom: 'P1', basis: 'dry' }],
          },
        ],
      });
      const [one, two] = [bag('50.3', '50.8'), bag('31.7', '52.4')];
      const leaves = (lot: string, hours: number): Promise<unknown> =>
        record('lot.closed', 'coop', hours, { lots: [{ lot }], reason: 'left', place: { site: 'hill' } });
      let left: string[] = [];
      return [
        async () => {
          left = [...(await declareAt(1, one)).lots, ...(await declareAt(2, two)).lots];
        },
        () => leaves(left[0] ?? '', 3),
        () => declareAt(40, bag('82', '51.42')),
        () => leaves(left[1] ?? '', 30),
        () => declareAt(41, bag('82', '51.42')),
      ];
    },
    ['declared-again'],
  ],
};

findsTheSame(stories);
