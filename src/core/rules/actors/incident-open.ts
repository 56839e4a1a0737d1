import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { custodyTypes } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType, lotsOf } from '../engine/facts.js';
import { countsFor, hasPart, isOfficial, isTakenUp } from '../engine/parties.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject, eventSubject, facilitySubject, siteSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  incidentOpen: z.strictObject({
    severityByLevel: z
      .tuple([parameter.severity, parameter.severity, parameter.severity])
      .default(['critical', 'high', 'medium'])
      .describe('Severity by the level of the incident: 1, 2, 3'),
    severityClosed: parameter.severity
      .default('low')
      .describe(
        'Of what happened at the site, in the facility or by the actor while an incident was open that is closed now',
      ),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type Incident = JudgedOf<'incident.reported'>;

const isCustody = ({ event }: JudgedEvent): boolean => (custodyTypes as readonly string[]).includes(event.type);

/** Returns when an incident was closed, ms; null while it is open. Updates apply in the order of the log. */
function closedAt({ event }: Incident, { about }: Facts): number | null {
  const newest = (about.get(eventSubject(event.id)) ?? []).findLast((entry) => isType(entry, 'incident.updated'));
  return newest?.event.payload.status === 'closed' ? newest.event.occurredAtMs : null;
}

/** Returns whether an incident counts for an event: an official took it up, or its reporter has a part in the event. */
const isHeard = (incident: Incident, { event, index, recordedAt }: JudgedEvent, facts: Facts): boolean =>
  isOfficial(incident.event.iss, facts) ||
  isTakenUp(incident, facts) ||
  incident.event.iss === event.iss ||
  lotsOf({ event, index, recordedAt }).some((lot) => hasPart(incident.event.iss, lot, index, facts));

/** Lists incidents at the site, in the facility, or of the actor of an event, that were open when it happened. */
function incidentsAround({ event, index }: JudgedEvent, facts: Facts): Incident[] {
  const subjects = [actorSubject(event.iss)];
  if (event.type === 'lot.declared' && event.place?.site !== undefined) subjects.push(siteSubject(event.place.site));
  if (event.place?.facility !== undefined) subjects.push(facilitySubject(event.place.facility));
  const incidents = new Map<string, Incident>();
  for (const subject of subjects)
    for (const entry of facts.about.get(subject) ?? [])
      if (isType(entry, 'incident.reported')) incidents.set(entry.event.id, entry);
  return [...incidents.values()].filter((incident) => {
    const closed = closedAt(incident, facts);
    if (!isHeard(incident, { event, index, recordedAt: null }, facts)) return false;
    return event.occurredAtMs >= incident.event.occurredAtMs && (closed === null || event.occurredAtMs < closed);
  });
}

/** Lists incidents among the entries, and those that an entry updates. */
const incidentsJudged = ({ entries }: Facts): Incident[] =>
  entries.filter((entry) => isType(entry, 'incident.reported'));

const severityOf = ({ event }: Incident, isClosed: boolean, { incidentOpen }: Parameters): Observation['severity'] =>
  isClosed
    ? incidentOpen.severityClosed
    : (incidentOpen.severityByLevel[event.payload.level - 1] ?? incidentOpen.severityByLevel[0]);

function observation(
  incident: Incident,
  isClosed: boolean,
  parameters: Parameters,
): Omit<Observation, 'subject' | 'lots' | 'detail'> {
  const { id, payload } = incident.event;
  return {
    severity: severityOf(incident, isClosed, parameters),
    cause: id,
    events: [id],
    measured: `level ${payload.level}`,
    threshold: 'no open incident',
    firstIndex: incident.index,
  };
}

function observeLots(incident: Incident, facts: Facts, parameters: Parameters): Observation[] {
  const { category } = incident.event.payload;
  const lots = (incident.event.payload.lots ?? []).filter((lot) => countsFor(incident, lot, facts));
  if (lots.length === 0 || closedAt(incident, facts) !== null) return [];
  const detail = `An incident (${category}) has been reported on ${lots.length === 1 ? 'this lot' : `${lots.length} lots`} and is open.`;
  return [{ ...observation(incident, false, parameters), subject: incident.event.id, lots, detail }];
}

function observeEvent(entry: JudgedEvent, facts: Facts, parameters: Parameters): Observation[] {
  return incidentsAround(entry, facts).map((incident) => ({
    ...observation(incident, closedAt(incident, facts) !== null, parameters),
    subject: entry.event.id,
    lots: lotsOf(entry),
    events: [incident.event.id, entry.event.id],
    detail: `${entry.event.type} of ${entry.event.iss} happened while an incident (${incident.event.payload.category}) there was open${closedAt(incident, facts) === null ? '' : '; it has been closed since'}.`,
  }));
}

export const incidentOpen: Rule<typeof schema> = {
  id: 'incident-open',
  version: 3,
  group: 'actors',
  title: 'An incident is open',
  means:
    'An actor reported an incident on the lot, its site, a facility or an actor that handled it, and it has not been closed.',
  doesNotMean: 'That the report is true: its author signed it, and the case has an owner who is responsible for it.',
  causes: {
    innocent: 'a report that nobody has looked into yet',
    bad: 'the goods are of the abuse that was reported',
  },
  advice:
    'Ask the owner of the case what is done and until when; for level 1 stop the lots. A registrar, an authority or the owner ends it by `incident.updated` with `closed`, which closes the finding on the lots it names; on what was moved while it was open it stays, as low, until it is answered by `finding.answered`.',
  notice: 'incident',
  parameters: schema,
  describe: ({ incidentOpen: { severityByLevel, severityClosed } }) =>
    `An incident on the lot itself; or at the site, in the facility or of the actor of an event, from its date until it is closed; reported by an official or by somebody with a part in the lot, or taken up by an official. Level 1: ${severityByLevel[0]}; level 2: ${severityByLevel[1]}; level 3: ${severityByLevel[2]}; of an incident that has been closed since: ${severityClosed}.`,
  standard: 'ITSCI incident protocol; OECD Due Diligence Guidance, Annex II',
  evidence: byRegistry,
  scope: ['chains', 'about'],
  subjects: (facts) => [
    ...facts.entries.filter(isCustody).map(({ event }) => event.id),
    ...incidentsJudged(facts).map(({ event }) => event.id),
  ],
  evaluate: (facts, parameters) => [
    ...facts.entries.filter(isCustody).flatMap((entry) => observeEvent(entry, facts, parameters)),
    ...incidentsJudged(facts).flatMap((incident) => observeLots(incident, facts, parameters)),
  ],
};
