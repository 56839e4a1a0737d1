import type { VNode } from 'preact';
import { Heading, useSay } from '../ui/frame.js';

/** Names of the steps of a check, in their order. */
const stepNames = [
  'policy',
  'checkpoint',
  'inclusion',
  'signatures',
  'chains',
  'admission',
  'disclosures',
  'rules',
  'freshness',
] as const;

interface CheckPanelProps {
  /** Address of the evidence; `fresh` is that by which the check has it. */
  evidence: string;
  fresh?: string;
  /** Name of the file of the evidence. */
  name: string;
  /** Entries up to which the ledger itself has checked the lot. */
  size: number;
  /** Whether evidence and program are loaded with the page, so that the check needs no network. */
  ahead?: boolean;
}

/**
 * Renders the panel that checks a lot in the reader's own browser: the island fills it in. Without JavaScript it says how
 * to check the lot by the command line.
 */
export function CheckPanel({ evidence, fresh = evidence, name, size, ahead = false }: CheckPanelProps): VNode {
  const say = useSay();
  const words = {
    steps: Object.fromEntries(stepNames.map((step) => [step, say.word(`check.step.${step}`)])),
    outcomes: Object.fromEntries(
      (['held', 'broken', 'incomplete'] as const).map((outcome) => [outcome, say.word(`check.outcome.${outcome}`)]),
    ),
    words: Object.fromEntries(
      (['VERIFIED', 'BROKEN', 'INCOMPLETE'] as const).map((word) => [word, say.word(`check.word.${word}`)]),
    ),
    start: say.word('check.start'),
    pin: say.word('check.pin'),
    fetching: say.word('check.fetching'),
    working: say.word('check.working'),
    failed: say.word('check.failed'),
    again: say.word('check.again'),
    offline: say.word('check.offline'),
  };
  return (
    <section class="no-print">
      <Heading>{say.word('check')}</Heading>
      <p class="soft">{say.word('check.explained', { size: say.number(size) })}</p>
      <div
        class="more-space"
        data-check={fresh}
        data-ahead={ahead ? '' : undefined}
        data-words={JSON.stringify(words)}
        aria-live="polite"
      />
      <div class="row more-space">
        <a class="btn" href={evidence} download={`${name}.bundle.json`}>
          {say.word('check.bundle')}
        </a>
      </div>
      <details>
        <summary>{say.word('check.command')}</summary>
        <pre>{`adit verify ${name}.bundle.json --log-key KEY`}</pre>
      </details>
    </section>
  );
}
