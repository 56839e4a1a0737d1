import { request } from 'undici';
import { type Submission, formatSubmission } from '../../../core/log/add-checkpoint.js';
import { parseCount } from '../../../core/log/checkpoint.js';
import { openCosignatures } from '../../../core/log/cosignature.js';
import { MAX_NOTE_LENGTH } from '../../../core/log/note.js';
import type { AskedWitness } from './witness-policy.js';

/** Time of one request to a witness at most, from resolving the name to the last byte, ms. */
const WITNESS_TIME_LIMIT = 5_000;

/**
 * Answer of a witness. `ahead`, `behind`: its last cosigned size differs from the one in the request. `inconsistent`:
 * it reports that the checkpoint does not extend the one it cosigned. `failed`: no valid answer.
 */
export type WitnessAnswer =
  | { outcome: 'cosigned'; line: string }
  | { outcome: 'conflict'; size: number }
  | { outcome: 'inconsistent' }
  | { outcome: 'failed'; detail: string };

interface Answer {
  status: number;
  text: string;
}

/** Sends one request to a witness of the operator's policy; follows no redirect and reads a limited body. */
async function ask(url: string, body: string | null): Promise<Answer> {
  const answer = await request(url, {
    method: body === null ? 'GET' : 'POST',
    body,
    headers: body === null ? {} : { 'content-type': 'text/plain; charset=utf-8' },
    signal: AbortSignal.timeout(WITNESS_TIME_LIMIT),
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MAX_NOTE_LENGTH) throw new Error('the answer is too long');
  }
  return { status: answer.statusCode, text: Buffer.concat(chunks).toString('utf8') };
}

/** Asks a witness to cosign (C2SP tlog-witness, `add-checkpoint`). Accepts only a cosignature that verifies. */
export async function askWitness({ url, key }: AskedWitness, submission: Submission): Promise<WitnessAnswer> {
  const failed = (detail: string): WitnessAnswer => ({ outcome: 'failed', detail });
  try {
    const { status, text } = await ask(`${url}/add-checkpoint`, formatSubmission(submission));
    // 409 means another size, which the body names, or this size with another root.
    const size = status === 409 ? parseCount(text.replace(/\n$/, '')) : null;
    if (size !== null) return { outcome: 'conflict', size };
    if (status === 409 || status === 422) return { outcome: 'inconsistent' };
    if (status !== 200) return failed(`answered ${status}`);
    const line = text.split(/(?<=\n)/).find((each) => isCosignature(submission.note + each, key));
    return line === undefined ? failed('its cosignature does not verify') : { outcome: 'cosigned', line };
  } catch (error) {
    return failed(`gave no answer: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isCosignature(note: string, key: AskedWitness['key']): boolean {
  try {
    return openCosignatures(note, [key]).length === 1;
  } catch {
    return false;
  }
}

/** Returns the checkpoint of a log that a witness reports as its last cosigned one; null if it has none. */
export async function checkpointOf({ url }: AskedWitness, originHash: string): Promise<string | null> {
  try {
    const { status, text } = await ask(`${url}/${originHash}/checkpoint`, null);
    return status === 200 ? text : null;
  } catch {
    return null;
  }
}
