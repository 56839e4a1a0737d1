import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION =
  'An open custody ledger for minerals. Events are signed by those who act, and appended to a transparent log. ' +
  'Errors are problem+json (RFC 9457); each code has its page under /errors.';

/** OpenAPI 3.1 of all controllers, at /openapi.json; to be read at /docs, from files of this service alone. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Adit')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', '');
  const document = SwaggerModule.createDocument(app, builder.build());
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Adit: HTTP API',
    // Unset, the page would ask a validator on another host about every document it shows.
    swaggerOptions: { validatorUrl: null },
  });
  return document;
}
