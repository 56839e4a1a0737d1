import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { isType } from '../engine/facts.js';
import type { Rule, Undecided, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = { certificateSameSigner: parameter.severityOnly('critical') };
type Parameters = ValuesOf<typeof schema>;

const sameName = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

export const certificateSameSigner: Rule<typeof schema> = {
  id: 'certificate-same-signer',
  version: 1,
  group: 'tags',
  title: 'Verifier and validator are one person',
  means: 'A certificate is to be checked by one person and signed off by another; here both names are the same.',
  doesNotMean: 'That the certificate is false: in a small office one person may do both. The second check is missing.',
  causes: {
    innocent: 'a small office with one officer',
    bad: 'nobody has checked the goods',
  },
  advice:
    'Ask the issuing authority for a second look by another person. It revokes the certificate and issues one under a new serial, or confirms it; the finding on the old one is closed by its `finding.answered`.',
  parameters: schema,
  describe: ({ certificateSameSigner: { severity } }) =>
    `\`verifier\` and \`validator\` are the same name, case and spaces aside: ${severity}. Not disclosed: not decided.`,
  standard: 'ICGLR Regional Certification Mechanism (verification and validation are separate)',
  evidence: byRegistry,
  scope: [],
  ...judgesEach(['certificate.issued'], ({ event }, _facts, { certificateSameSigner: { severity } }: Parameters) => {
    const { verifier, validator, serial, lots } = event.payload;
    if (verifier === undefined || validator === undefined || sameName(verifier) !== sameName(validator)) return [];
    return [
      {
        severity,
        lots,
        measured: '1 person',
        threshold: '2 persons',
        detail: `Certificate ${serial} was verified and validated by one person.`,
      },
    ];
  }),
  undecided: ({ entries }) =>
    entries.flatMap((entry): Undecided[] => {
      if (!isType(entry, 'certificate.issued')) return [];
      const { verifier, validator, _sd: hidden = [], lots } = entry.event.payload;
      return hidden.length > 0 && (verifier === undefined || validator === undefined)
        ? [
            {
              subject: entry.event.id,
              lots,
              reason: 'Who verified and who validated the certificate is not disclosed.',
            },
          ]
        : [];
    }),
};
