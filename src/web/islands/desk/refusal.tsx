import type { VNode } from 'preact';
import { AditProblem } from '../../../client/problem.js';
import { errorTitle } from '../../error-titles.js';
import { InEnglish } from '../../ui/in-english.js';
import { useSay } from './mount.js';

/** Why something was refused: its code, and the sentence of the ledger, which is in English. */
export interface Refused {
  code?: string | undefined;
  detail: string;
}

/** Returns why a request failed. */
export const refusedBy = (error: Error): Refused =>
  error instanceof AditProblem ? { code: error.code, detail: error.problem.detail } : { detail: error.message };

/** Renders why something was refused: what its code means in the reader's language, and the sentence of the ledger. */
export function Refusal({ code, detail }: Refused): VNode {
  const say = useSay();
  return (
    <div class="refusal">
      {say.language === 'en' || code === undefined ? null : errorTitle(say.language, code)}
      <InEnglish say={say}>{detail}</InEnglish>
    </div>
  );
}
