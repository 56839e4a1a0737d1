import { byContradiction } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { handoversOf } from '../custody/handover-pairs.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { selfDealing: parameter.severityOnly('high') };
type Parameters = ValuesOf<typeof schema>;

export const selfDealing: Rule<typeof schema> = {
  id: 'self-dealing',
  version: 1,
  group: 'actors',
  title: 'Both sides of a handover are one',
  means:
    'Dispatch and receipt were recorded by one device, signed with one key, or by one actor: no second party has seen the goods.',
  doesNotMean:
    'Fraud: at a remote site a phone is lent. It means that the second signature proves nothing more than the first.',
  causes: {
    innocent: 'a phone was lent at a remote site',
    bad: 'one person plays both sides, and nobody else saw the goods',
  },
  advice:
    'Ask for a witness of the handover, and have them weighed again by the next holder. Device and key of an event cannot be corrected: the sides explain it, or a registrar or an authority closes it, by `finding.answered`.',
  parameters: schema,
  describe: ({ selfDealing: { severity } }) => `Dispatch and receipt name the same device, key or actor: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byContradiction,
  scope: ['chains'],
  ...judgesEach(['custody.received'], (entry, facts, { selfDealing: { severity } }: Parameters) => {
    const { event } = entry;
    const sides = handoversOf(entry, facts).map(({ dispatch }) => dispatch);
    const same = sides.find(
      ({ event: sent }) =>
        sent.iss === event.iss ||
        sent.kid === event.kid ||
        (sent.payload.device !== undefined && sent.payload.device === event.payload.device),
    );
    if (same === undefined) return [];
    const by =
      same.event.iss === event.iss
        ? `actor ${event.iss}`
        : same.event.kid === event.kid
          ? 'key'
          : `device ${event.payload.device}`;
    return [
      {
        severity,
        root: actorSubject(event.iss),
        events: [same.event.id, event.id],
        measured: `1 ${by.split(' ')[0]}`,
        threshold: '2',
        detail: `${same.event.iss} sent and ${event.iss} received by one ${by}.`,
      },
    ];
  }),
};
