/**
 * A finding for the operator when a rule throws or does not end. It judges no entry and is therefore no `Rule`, but it
 * is a finding with the same explanations.
 */
export const ruleFailed = {
  id: 'rule-failed',
  version: 1,
  title: 'A rule could not be applied',
  test: 'A rule throws, or does not end within its time: high. One finding for each rule, version and day of the log.',
  means: 'A rule gave no result for some entries. All other rules ran; what this one could not judge is undecided.',
  doesNotMean:
    'Anything about the goods, or about the signer of the entry: the fault is in the service or its thresholds.',
  advice:
    'The operator reads in the finding which rule failed and on what, and repairs the rule, or the thresholds that were changed last. Treat what is undecided as not judged, never as in order. After the repair, when the entries have been judged, a registrar or an authority closes it by `finding.answered`.',
  standard: 'Adit protocol: a rule that fails never stops the others, and never counts as one that found nothing',
} as const;
