import { type Parameters, defaultParameters, rules } from '../index.js';
import type { Rule, RuleGroup } from './rule.js';
import { evidenceText } from './evidence.js';
import { ruleFailed } from './rule-failed.js';

const groups: readonly { group: RuleGroup; title: string; text: string }[] = [
  {
    group: 'record',
    title: 'Record: the ledger itself',
    text: 'An open finding makes the verdict on the record `broken`. These are made by the audit, which re-reads every stored byte on a schedule.',
  },
  {
    group: 'custody',
    title: 'Custody gaps',
    text: 'An open finding makes the verdict on custody `gaps`, except where the rule says that it counts in another verdict, or in none.',
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

type Words = Pick<Rule, 'id' | 'version' | 'title' | 'means' | 'doesNotMean' | 'advice' | 'standard' | 'weighs'> & {
  test: string;
  causes?: Rule['causes'];
  evidence?: Rule['evidence'];
};

/** The verdict in which the findings of a rule count, if it is not that of its group. */
const countsIn = { custody: 'on custody', risk: 'on risk', nothing: 'none: it is about whoever signed' } as const;

const section = ({
  id,
  version,
  title,
  test,
  means,
  doesNotMean,
  advice,
  standard,
  weighs,
  evidence,
  causes,
}: Words): string =>
  [
    `### \`${id}\``,
    `${title}. Version ${version}.`,
    `- **Test**: ${test}`,
    `- **It means**: ${means}`,
    `- **It does not mean**: ${doesNotMean}`,
    ...(causes === undefined
      ? []
      : [`- **Likeliest**: if nothing is wrong, ${causes.innocent}; at worst, ${causes.bad}`]),
    ...(evidence === undefined ? [] : [`- **How sure**: ${evidenceText(evidence)}`]),
    ...(weighs === undefined ? [] : [`- **Verdict**: ${countsIn[weighs]}`]),
    `- **What to do**: ${advice}`,
    `- **After**: ${standard}`,
  ].join('\n\n');

/** Generates docs/rules.md from the rules and the parameters in force, so that the page is always current. */
export function rulesDocument(parameters: Parameters = defaultParameters): string {
  const parts = groups.map(({ group, title, text }) => {
    const sections = rules
      .filter((rule) => rule.group === group)
      .map((rule) => section({ ...rule, test: rule.describe(parameters) }));
    return [`## ${title}`, text, ...sections].join('\n\n');
  });
  return `${[
    '# Rules',
    'This page is generated from `src/core/rules`; change the rules there and write the page anew.',
    'A rule is a pure function from the log to findings. A finding names the rule and its version, a severity, the lots and events it concerns, the measured value and the threshold. It is a question, not an accusation: it closes itself when its cause goes away, and opens again when the cause returns. What is merely implausible is admitted and flagged; only what breaks the protocol is refused.',
    `Parameters version ${parameters.version}, from ${parameters.from}. All times are the log's own (\`log.clock\`). Severities, rising: low, medium, high, critical.`,
    'Each rule states how sure its findings are. *Impossible*: what was entered cannot all be true and in order. *Very unlikely*: chance and honest error make it less than once in a thousand times. *Unusual*: honest work looks so now and then; such findings alone raise the risk of a lot to medium at most.',
    '## What becomes of a finding',
    'It is open until its cause goes away, or until somebody who may has answered it in a signed `finding.answered`. Whoever it names, as the signer of one of its events or the holder of one of its lots, may *explain* it, or *mitigate* it by a day, after which it opens again. A registrar or an authority may also *dismiss* or *close* it. A finding that was explained counts in no verdict where an official with a say in it explained it, or where it is at most medium; those that it names cannot explain away what is high or critical. One answer covers every finding of the same rule with the same cause, as one alert does: all that was signed with one key, all that one actor entered late. New evidence, or a higher severity, opens an answered finding again. What the desk notes beside it changes no verdict.',
    'The ledger never forgets: `event.corrected` mends what an event says and leaves the event as it was signed. It counts at once while its signer still has the goods, and later from the endorsement of their holder or an authority ([event-format.md](event-format.md)).',
    'A running service shows each rule, with the thresholds in force there, at `/rules/<rule>`.',
    ...parts,
    '## Operation',
    'For whoever runs the service. It concerns no lot, and no verdict. [Runbooks](runbooks/README.md) say what to do about this and about findings of the record.',
    section(ruleFailed),
  ].join('\n\n')}\n`;
}
