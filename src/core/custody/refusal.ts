import { AditError, type ErrorCode } from '../errors.js';

/** Creates a refusal with a pointer to the one claim that is wrong. */
export const refusal = (code: ErrorCode, detail: string, pointer: string): AditError =>
  new AditError(code, detail, [{ pointer, code, detail }]);

export const parentRefused = (parent: string, pointer: string): AditError =>
  refusal('parent-refused', `Event ${parent} was refused.`, pointer);
