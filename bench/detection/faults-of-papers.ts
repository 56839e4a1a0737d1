import type { Fault } from './faults.js';
import { type Bag, DAY } from './network.js';
import { type Scene, names } from './scene.js';

/** Faults of documents and people: certificates, suspensions, cards. */

const TAGGED = ['cassiterite', 'coltan'];

/**
 * Bags at the trader, assayed for export.
 * @returns them, and the time of their arrival.
 */
function atHouse(scene: Scene, count: number): { bags: Bag[]; arrived: number } {
  const bags = Array.from({ length: count }, (_, i) => scene.bag(i * 0.2, scene.assayed()));
  return { bags, arrived: scene.deliver(bags, 4) };
}

function exported(scene: Scene, certificate: (bags: Bag[], issued: number) => string | undefined): string[] {
  const { bags, arrived } = atHouse(scene, 1);
  scene.export(bags, arrived + 2 * DAY, { certificate: certificate(bags, arrived + DAY) });
  return names(...bags);
}

/** A separate mine whose operator is suspended some days after a delivery. */
function suspended(scene: Scene, days: number): string[] {
  const { builder, time } = scene;
  const coop = scene.ownActor(['miner']);
  const site = scene.ownSite({ operator: coop });
  const bag = scene.bag(0, {}, { site });
  const change = { actor: coop, status: 'suspended', from: scene.day(days), reason: 'A paper is missing.' };
  builder.step(time + days * DAY - 1, 'registrar', 'actor.statusChanged', change);
  scene.deliver([bag], 26, { from: coop, site });
  return names(bag);
}

/** A separate trader whose card ends so many days after a receipt. */
function carded(scene: Scene, days: number): string[] {
  // Long before the evening, so that the day on the card is the receipt's day in every zone.
  const to = scene.ownActor(['trader'], { cardValidUntil: scene.day(days) });
  const bag = scene.bag();
  scene.deliver([bag], 0.5, { to });
  return names(bag);
}

const CONTAINERS = ['MSCU1234566', 'MSCU7654320'];

export const faultsOfPapers: readonly Fault[] = [
  {
    rule: 'certificate-missing',
    what: 'exported without',
    beside: 'with one',
    minerals: TAGGED,
    wrong: (scene) => exported(scene, () => undefined),
    twin: (scene) => exported(scene, (bags, issued) => scene.certificate(bags, issued)),
  },
  {
    rule: 'certificate-reused',
    what: 'one certificate for two containers',
    beside: 'for each its own',
    wrong: (scene) => {
      const { bags, arrived } = atHouse(scene, 2);
      const certificate = scene.certificate(bags, arrived + DAY);
      for (const [i, bag] of bags.entries())
        scene.export([bag], arrived + (2 + i) * DAY, { certificate, container: CONTAINERS[i] });
      return names(...bags);
    },
    twin: (scene) => {
      const { bags, arrived } = atHouse(scene, 2);
      for (const [i, bag] of bags.entries()) {
        const certificate = scene.certificate([bag], arrived + DAY);
        scene.export([bag], arrived + (2 + i) * DAY, { certificate, container: CONTAINERS[i] });
      }
      return names(...bags);
    },
  },
  {
    rule: 'certificate-expired',
    what: 'exported the day after it ended',
    beside: 'on its last day',
    wrong: (scene) => exported(scene, (bags, issued) => scene.certificate(bags, issued, expiring(issued))),
    twin: (scene) => exported(scene, (bags, issued) => scene.certificate(bags, issued, expiring(issued + DAY))),
  },
  {
    rule: 'certificate-mass-differs',
    what: 'a certificate for a fifth less',
    beside: 'for what is there',
    wrong: (scene) =>
      exported(scene, (bags, issued) => {
        const mass = scene.builder.quantity(scene.chain, (bags[0]?.mass ?? 0) * 0.8);
        return scene.certificate(bags, issued, { mass });
      }),
    twin: (scene) => exported(scene, (bags, issued) => scene.certificate(bags, issued)),
  },
  {
    rule: 'actor-suspended',
    what: 'a supplier suspended when it delivers',
    beside: 'two days afterwards',
    wrong: (scene) => suspended(scene, 1),
    twin: (scene) => suspended(scene, 3),
  },
  {
    rule: 'card-expired',
    what: 'a trader whose card ended yesterday',
    beside: 'ends today',
    wrong: (scene) => carded(scene, -1),
    twin: (scene) => carded(scene, 0),
  },
];

const expiring = (day: number): { expiresOn: string } => ({ expiresOn: new Date(day).toISOString().slice(0, 10) });
