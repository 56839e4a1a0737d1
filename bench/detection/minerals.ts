/** The four chains of docs/scenarios.md as numbers: places, masses, and processing. */
export interface Chain {
  mineral: string;
  country: string;
  form: string;
  analyte: string;
  unit: 'KGM' | 'GRM' | 'TNE';
  decimals: number;
  /** Mass of a bag, a button or a truck, and its deviation. */
  mass: [number, number];
  moisture: [number, number];
  /** Grade in per cent of the analyte, or per mille of gold. */
  grade: [number, number];
  uom: 'P1' | 'NX';
  /** Longitude and latitude. */
  mine: [number, number];
  depot: [number, number];
  port: [number, number];
  works: [number, number];
  portCountry: string;
  worksCountry: string;
  /** Hours from depot to port, and from port to the plant. */
  road: [number, number];
  voyage: [number, number];
  voyageMode: 'sea' | 'air';
  process: string;
  madeForm: string;
  madeGrade: number;
  madeMoisture: number;
  recovery: [number, number];
  workers: number;
  perWorker: string;
  certified: boolean;
  more: { analyte: string; value: string }[];
}

export const chains: readonly Chain[] = [
  {
    mineral: 'cassiterite',
    country: 'RW',
    form: 'concentrate',
    analyte: 'Sn',
    unit: 'KGM',
    decimals: 1,
    mass: [50, 3],
    moisture: [4, 9],
    grade: [52, 2],
    uom: 'P1',
    mine: [30.015, -1.79],
    depot: [30.11, -1.97],
    port: [39.2895, -6.8235],
    works: [101.392, 2.999],
    portCountry: 'TZ',
    worksCountry: 'MY',
    road: [120, 216],
    voyage: [432, 768],
    voyageMode: 'sea',
    process: 'gravity',
    madeForm: 'concentrate',
    madeGrade: 68,
    madeMoisture: 1,
    recovery: [0.9, 0.97],
    workers: 400,
    perWorker: '40',
    certified: true,
    more: [],
  },
  {
    mineral: 'coltan',
    country: 'RW',
    form: 'concentrate',
    analyte: 'Ta2O5',
    unit: 'KGM',
    decimals: 1,
    mass: [25, 1.5],
    moisture: [3, 6],
    grade: [26, 1],
    uom: 'P1',
    mine: [29.58, -1.87],
    depot: [30.0619, -1.9441],
    port: [39.6682, -4.0435],
    works: [106.3833, 39.0167],
    portCountry: 'KE',
    worksCountry: 'CN',
    road: [96, 168],
    voyage: [700, 1_100],
    voyageMode: 'sea',
    process: 'magnetic',
    madeForm: 'concentrate',
    madeGrade: 31,
    madeMoisture: 1,
    recovery: [0.88, 0.96],
    workers: 900,
    perWorker: '12',
    certified: true,
    more: [
      { analyte: 'ThO2', value: '0.01' },
      { analyte: 'U3O8', value: '0.035' },
    ],
  },
  {
    mineral: 'gold',
    country: 'PE',
    form: 'dore',
    analyte: 'Au',
    unit: 'GRM',
    decimals: 1,
    mass: [220, 40],
    moisture: [0, 0],
    grade: [880, 15],
    uom: 'NX',
    mine: [-74.04, -15.73],
    depot: [-74.246, -15.866],
    port: [-77.1143, -12.0219],
    works: [8.9816, 45.8702],
    portCountry: 'PE',
    worksCountry: 'CH',
    road: [20, 40],
    voyage: [30, 60],
    voyageMode: 'air',
    process: 'melt',
    madeForm: 'dore',
    madeGrade: 882,
    madeMoisture: 0,
    recovery: [0.985, 0.998],
    workers: 900,
    perWorker: '0.035',
    certified: false,
    more: [],
  },
  {
    mineral: 'cobalt',
    country: 'CD',
    form: 'ore',
    analyte: 'Co',
    unit: 'TNE',
    decimals: 2,
    mass: [31, 2],
    moisture: [8, 12],
    grade: [3.1, 0.15],
    uom: 'P1',
    mine: [25.52, -10.64],
    depot: [25.4667, -10.7167],
    port: [31.0218, -29.8587],
    works: [118.8743, 28.9356],
    portCountry: 'ZA',
    worksCountry: 'CN',
    road: [168, 480],
    voyage: [840, 1_440],
    voyageMode: 'sea',
    process: 'leach',
    madeForm: 'hydroxide',
    madeGrade: 32,
    madeMoisture: 55,
    recovery: [0.7, 0.85],
    workers: 1_500,
    perWorker: '3000',
    certified: false,
    more: [],
  },
];
