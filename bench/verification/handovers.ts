import { randomBytes } from 'node:crypto';
import type { Actor, Chains, LotHead } from './chains.js';

const PLACE = { lat: '-1.7900', lon: '30.0150', accuracyM: '10' };
const SEALS = ['SEAL-000418', 'SEAL-000419'];

/** A lot on its way from actor to actor. */
interface Course {
  head: LotHead;
  holder: number;
  kilograms: number;
}

/**
 * Signs handovers: each lot is declared, and then dispatched and received in turn among all actors, at one place and each
 * time with a little less mass. The events of all lots alternate, as they arrive in a log.
 */
export class Handovers {
  private readonly numbers = new Map<Actor, number>();

  constructor(private readonly chains: Chains) {}

  /** Signs the events of `lots` lots, `length` each. */
  sign(lots: number, length: number): string[] {
    const courses: Course[] = [];
    const texts: string[] = [];
    for (let round = 0; round < length; round += 1)
      for (let lot = 0; lot < lots; lot += 1)
        if (round === 0) texts.push(this.declare(lot, courses));
        else texts.push(this.next(courses[lot] as Course, round));
    return texts;
  }

  private actor(number: number): Actor {
    return this.chains.coops[number % this.chains.coops.length] as Actor;
  }

  /** Members that a phone adds to each event: its place and its sequence number. */
  private phone(actor: Actor): object {
    const seq = (this.numbers.get(actor) ?? 0) + 1;
    this.numbers.set(actor, seq);
    return { device: `phone-of-${actor.id}`, seq };
  }

  private declare(lot: number, courses: Course[]): string {
    const miner = this.actor(lot);
    const { text, lots } = this.chains.event(miner, 'lot.declared', {
      place: { site: `site${lot % this.chains.coops.length}`, ...PLACE },
      ...this.phone(miner),
      outputs: [
        {
          mineral: 'cassiterite',
          form: 'concentrate',
          mass: { value: '50.0', uom: 'KGM' },
          moisturePercent: '6.0',
          grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry' }],
          tags: [`SYN-${randomBytes(6).toString('hex')}`],
        },
      ],
    });
    courses.push({ head: lots[0] as LotHead, holder: lot, kilograms: 50 });
    return text;
  }

  private next(course: Course, round: number): string {
    const { lot, head } = course.head;
    const odd = round % 2 === 1;
    const [from, to] = [this.actor(course.holder), this.actor(course.holder + 7)];
    if (!odd) {
      course.holder += 7;
      course.kilograms -= 0.0001;
    }
    const mass = { value: course.kilograms.toFixed(4), uom: 'KGM' };
    const signed = odd
      ? this.chains.event(from, 'custody.dispatched', {
          place: PLACE,
          ...this.phone(from),
          to: to.id,
          mode: 'truck',
          route: 'From the depot on the hill by the northern road to the weighing house',
          seals: SEALS,
          lots: [{ lot, prev: head }],
        })
      : this.chains.event(to, 'custody.received', {
          place: PLACE,
          ...this.phone(to),
          from: from.id,
          seals: SEALS,
          sealState: 'intact',
          lots: [{ lot, prev: head, mass }],
        });
    course.head = signed.lots[0] as LotHead;
    return signed.text;
  }
}
