import * as z from 'zod';
import { locode, text, word } from '../primitives.js';
import { trade, weighedLot } from '../trade-claims.js';
import { defineEventType, listOfLots, payloadWithDigests, repeatedLots } from './event-type.js';

const lotImportedSchema = payloadWithDigests('lot.imported', {
  lots: listOfLots(weighedLot),
  ...trade,
  entryNumber: text(100).optional(),
  sealState: word.optional(),
  portOfDischarge: locode.optional(),
});

/** Lots enter the country of destination; `certificate` is the one that customs saw. */
export const lotImported = defineEventType({
  type: 'lot.imported',
  schema: lotImportedSchema,
  signers: { by: 'holder', roles: ['importer'] },
  correctable: [
    '/lots/*/mass',
    '/certificate',
    '/hs',
    '/container',
    '/seals',
    '/customsDeclaration',
    '/value',
    '/entryNumber',
    '/sealState',
    '/portOfDischarge',
  ],
  disclosable: ['/customsDeclaration', '/entryNumber', '/value'],
  check: ({ lots }) => repeatedLots(lots),
});
export type LotImported = z.infer<typeof lotImportedSchema>;
