import { parseBundle } from '../../core/bundle/bundle.js';
import { checkBundle } from '../../core/bundle/check.js';
import { AditError } from '../../core/errors.js';
import { checkSignature } from '../../core/event/keys.js';
import { defaultParameters } from '../../core/rules/index.js';
import type { CheckMessage, CheckRequest } from './check-messages.js';

// Runs apart from the page, so that the page stays alive while ten thousand signatures are checked.

const answer = (message: CheckMessage): void => postMessage(message);

async function check({ bundle, logKey }: CheckRequest): Promise<void> {
  try {
    const { word } = await checkBundle(parseBundle(bundle), {
      logKeys: logKey === '' ? [] : [logKey],
      policy: null,
      parameters: defaultParameters,
      checkSignature,
      onStep: (step) => answer({ kind: 'step', ...step }),
    });
    answer({ kind: 'done', word });
  } catch (error) {
    answer({ kind: 'failed', detail: error instanceof AditError ? error.detail : String(error) });
  }
}

addEventListener('message', ({ data }: MessageEvent<CheckRequest>) => void check(data));
