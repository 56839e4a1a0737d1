import * as z from 'zod';

/** Describes an object that has a name in OpenAPI: it is one component there, and one type in generated clients. */
export const named = <T extends z.ZodRawShape>(id: string, members: T) => z.strictObject(members).meta({ id });
