import { StandardSchemaValidationPipe } from '@nestjs/common';
import * as z from 'zod';
import { AditError, type ErrorDetail } from '../../core/errors.js';

/** Faults of one request that are reported at most. */
const MAX_ERRORS = 50;

/** Characters at most of a message or pointer that may repeat input. */
const MAX_TEXT = 300;
const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** Formats a JSON Pointer (RFC 6901). */
const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

interface Issue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>;
}

/** Returns `request-invalid` with a pointer to each fault. */
function requestInvalid(issues: readonly Issue[]): AditError {
  const errors = issues.slice(0, MAX_ERRORS).map<ErrorDetail>(({ message, path = [] }) => ({
    pointer: cut(pointer(path.map((part) => (typeof part === 'object' ? part.key : part)))),
    code: 'request-invalid',
    detail: cut(message),
  }));
  const first = errors[0];
  return new AditError(
    'request-invalid',
    first === undefined
      ? 'The request does not have the expected form.'
      : `${first.pointer || 'The request'}: ${first.detail}`,
    errors,
  );
}

/** Validates every `@Body`, `@Query` and `@Param` that names a `schema`, and passes the parsed value. */
export const validation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({ exceptionFactory: requestInvalid });

/** Parses a value outside the pipe (a line of a stream, a header). Throws `request-invalid`. */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw requestInvalid(result.error.issues);
  return result.data;
}
