import type { OpenAPIObject } from '@nestjs/swagger';
import * as z from 'zod';
import { EVENT_TYP } from '../../../core/event/envelope.js';
import { exampleEvent } from '../../../core/event/examples.js';
import { attachment, place, polygon, seen } from '../../../core/event/primitives.js';
import { publicJwkSchema } from '../../../core/event/keys.js';
import type { EventType } from '../../../core/event/types/event-type.js';
import { type EventTypeName, eventTypes } from '../../../core/event/types/index.js';

export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const SCHEMAS = '#/components/schemas/';
const EVENT_PAYLOAD = 'EventPayload';
const schemaOf = (type: string): string => `${EVENT_PAYLOAD}.${type}`;

/** Schemas that many types share, each described once. */
const shared = { Place: place, Seen: seen, Attachment: attachment, Polygon: polygon, PublicKey: publicJwkSchema };

function descriptionOf({ type, disclosable, correctable }: EventType): string {
  const own = (pointers: readonly string[]): string => pointers.map((pointer) => `\`${pointer}\``).join(', ');
  return (
    `The payload of \`${type}\`, which its author signs as \`${EVENT_TYP}\`. ` +
    `May be sent as disclosures: ${own(disclosable)}. May be corrected: ${own(correctable)}.`
  );
}

/**
 * Describes the payload of every event type by the schemas that admission uses: one component a type, and
 * `EventPayload` for any of them.
 */
export function eventSchemas(): Schemas {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(shared)) registry.add(schema, { id });
  for (const [type, { schema }] of eventTypes) registry.add(schema, { id: schemaOf(type) });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `${SCHEMAS}${id}`,
    unrepresentable: 'any',
    io: 'input',
  });
  const described = Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...schema }]) => {
    const type = eventTypes.get(id.slice(EVENT_PAYLOAD.length + 1));
    if (type === undefined) return [id, schema];
    const examples = [exampleEvent(type.type as EventTypeName)];
    return [id, { title: type.type, description: descriptionOf(type), ...schema, examples }];
  });
  const types = [...eventTypes.keys()];
  const any = {
    description: 'What an event says, by its type',
    oneOf: types.map((type) => ({ $ref: SCHEMAS + schemaOf(type) })),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(types.map((type) => [type, SCHEMAS + schemaOf(type)])),
    },
  };
  return { ...(Object.fromEntries(described) as Schemas), [EVENT_PAYLOAD]: any };
}
