import { rules } from './index.js';
import { type Parameters, defaultParameters } from './parameters.js';
import type { Rule, RuleGroup } from './rule.js';

const groups: readonly { group: RuleGroup; title: string; text: string }[] = [
  {
    group: 'record',
    title: 'Record: the ledger itself',
    text: 'An open finding makes the verdict on the record `broken`. These are made by the audit, which re-reads every stored byte on a schedule.',
  },
  {
    group: 'custody',
    title: 'Custody gaps',
    text: 'An open finding makes the verdict on custody `gaps`.',
  },
  {
    group: 'tags',
    title: 'Tags and documents',
    text: 'Open findings of this group and those below make up the verdict on risk.',
  },
  {
    group: 'mass',
    title: 'Mass, grade, yield',
    text: 'Computed in whole milligrams and parts per million, never in floating point.',
  },
  { group: 'origin', title: 'Origin', text: 'Where mineral is said to come from, and whether it can.' },
  {
    group: 'movement',
    title: 'Movement',
    text: 'Whether goods, devices and vehicles can have been where they are said to have been.',
  },
  { group: 'actors', title: 'Actors', text: 'Who handled the goods, and what is said of them.' },
];

const section = (rule: Rule, parameters: Parameters): string =>
  [
    `### \`${rule.id}\``,
    `${rule.title}. Version ${rule.version}.`,
    `- **Test**: ${rule.describe(parameters)}`,
    `- **It means**: ${rule.means}`,
    `- **It does not mean**: ${rule.doesNotMean}`,
    `- **After**: ${rule.standard}`,
  ].join('\n\n');

/** The text of docs/rules.md, made from the rules and the parameters in force, so that the page cannot lag behind. */
export function rulesDocument(parameters: Parameters = defaultParameters): string {
  const parts = groups.map(({ group, title, text }) => {
    const sections = rules.filter((rule) => rule.group === group).map((rule) => section(rule, parameters));
    return [`## ${title}`, text, ...sections].join('\n\n');
  });
  return `${[
    '# Rules',
    'This page is generated from `src/core/rules`; change the rules there and write the page anew.',
    'A rule is a pure function from the log to findings. A finding names the rule and its version, a severity, the lots and events it concerns, the measured value and the threshold. It is a question, not an accusation: it closes itself when its cause goes away, and opens again when the cause returns. What is merely implausible is admitted and flagged; only what breaks the protocol is refused.',
    `Parameters version ${parameters.version}, from ${parameters.from}. All times are the log's own (\`log.clock\`). Severities, rising: low, medium, high, critical.`,
    ...parts,
  ].join('\n\n')}\n`;
}
