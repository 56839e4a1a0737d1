import type { Fault } from './faults.js';
import { DAY, HOUR } from './network.js';
import { type Scene, names } from './scene.js';

/** Faults of the goods: tags, weights, grades. */

const TAGGED = ['cassiterite', 'coltan'];

/** A difference above the error of the scale; gold is weighed ten times as precisely. */
const share = ({ chain }: Scene, gold: number, other: number): number => (chain.mineral === 'gold' ? gold : other);

function alike(scene: Scene, masses: readonly number[]): string[] {
  const { builder, chain, time, site, coop } = scene;
  const outputs = masses.map((mass) => ({
    lot: builder.name('alike'),
    mineral: chain.mineral,
    form: chain.form,
    mass: builder.quantity(chain, mass),
    ...(chain.certified ? { tags: [builder.tag(site)] } : {}),
  }));
  builder.step(time, coop, 'lot.declared', { place: { site }, outputs });
  return outputs.map(({ lot }) => lot);
}

const assay = (scene: Scene, times: number): string[] => {
  const { builder, chain, time } = scene;
  const bag = scene.bag();
  const grades = builder.grades(chain, bag.grade * times);
  builder.step(time + DAY, `lab-${chain.mineral}`, 'assay.certified', { lot: bag.name, sample: 'SYN-A', grades });
  return names(bag);
};

const weighed = (scene: Scene, times: number): string[] => {
  const bag = scene.bag();
  scene.deliver([bag], 4, scene.weighing(bag, times));
  return names(bag);
};

const sealSwapped = (scene: Scene, hours: number, tagsOn: string[], tagsOff: string[], lot: string): void =>
  scene.builder.step(scene.time + hours * HOUR, scene.coop, 'lot.sealed', { lots: [{ lot, tagsOff, tagsOn }] });

export const faultsOfGoods: readonly Fault[] = [
  {
    rule: 'tag-reused',
    what: 'one tag on two bags',
    beside: 'a tag that was taken off one and put on nothing else',
    minerals: TAGGED,
    wrong: (scene) => {
      const tags = [scene.builder.tag(scene.site)];
      return names(scene.bag(0, { tags }), scene.bag(1, { tags }));
    },
    twin: (scene) => {
      const [first, second] = [scene.builder.tag(scene.site), scene.builder.tag(scene.site)];
      const bag = scene.bag(0, { tags: [first] });
      sealSwapped(scene, 1, [second], [first], bag.name);
      return names(bag, scene.bag(2));
    },
  },
  {
    rule: 'tag-unknown',
    what: 'a number that nobody issued',
    beside: 'the last of a series',
    minerals: TAGGED,
    wrong: (scene) => names(scene.bag(0, { tags: [scene.builder.name('FALSE-')] })),
    twin: (scene) => {
      const site = scene.ownSite();
      return names(scene.bag(0, { tags: [`${site}-99999`] }, { site }));
    },
  },
  {
    rule: 'tag-wrong-site',
    what: 'a tag of the next hill',
    beside: 'the first of a series that a site has just got',
    minerals: TAGGED,
    wrong: (scene) => names(scene.bag(0, { tags: [scene.builder.tag(`site1-${scene.chain.mineral}`)] })),
    twin: (scene) => {
      const { builder, site, time, agent } = scene;
      const series = builder.name('NEW-');
      builder.step(time - HOUR, agent, 'tags.issued', { issuer: agent, series: `${series}-`, from: 1, to: 9, site });
      return names(scene.bag(0, { tags: [`${series}-1`] }));
    },
  },
  {
    rule: 'tag-voided-used',
    what: 'a lost tag turns up',
    beside: 'one is lost, voided and replaced',
    minerals: TAGGED,
    wrong: (scene) => {
      const tags = [scene.builder.tag(scene.site)];
      scene.builder.step(scene.time - DAY, scene.agent, 'tags.voided', { tags, reason: 'lost' });
      return names(scene.bag(0, { tags }));
    },
    twin: (scene) => {
      const tags = [scene.builder.tag(scene.site)];
      const bag = scene.bag(0, { tags });
      sealSwapped(scene, 4, [scene.builder.tag(scene.site)], tags, bag.name);
      scene.builder.step(scene.time + 5 * HOUR, scene.agent, 'tags.voided', { tags, reason: 'lost' });
      return names(bag);
    },
  },
  {
    rule: 'mass-gained',
    what: 'a receipt that weighs more than scales err',
    beside: 'within it',
    wrong: (scene) => weighed(scene, share(scene, 1.01, 1.05)),
    twin: (scene) => weighed(scene, share(scene, 1.0005, 1.003)),
  },
  {
    rule: 'mass-lost',
    what: 'a receipt that lacks a tenth, of gold a hundredth',
    beside: 'what dries or clings on the way',
    wrong: (scene) => weighed(scene, share(scene, 0.99, 0.9)),
    twin: (scene) => weighed(scene, share(scene, 0.9995, 0.98)),
  },
  {
    rule: 'grade-impossible',
    what: 'richer than the pure mineral',
    beside: 'a rich bag',
    minerals: TAGGED,
    wrong: (scene) => names(scene.bag(0, scene.assayed(scene.chain.mineral === 'coltan' ? 87 : 79.4))),
    twin: (scene) => names(scene.bag(0, scene.assayed(scene.chain.mineral === 'coltan' ? 45 : 58))),
  },
  {
    rule: 'grade-jump',
    what: 'the laboratory says 8 % less',
    beside: '1 % less',
    wrong: (scene) => assay(scene, 0.92),
    twin: (scene) => assay(scene, 0.99),
  },
  {
    rule: 'numbers-too-round',
    what: 'eight weights alike to the last digit',
    beside: 'eight that are near each other',
    wrong: (scene) =>
      alike(
        scene,
        Array.from({ length: 8 }, () => scene.chain.mass[0]),
      ),
    twin: (scene) => {
      const [mean, deviation] = scene.chain.mass;
      return alike(
        scene,
        Array.from({ length: 8 }, (_, i) => mean + (i - 3.7) * 0.13 * deviation),
      );
    },
  },
];
