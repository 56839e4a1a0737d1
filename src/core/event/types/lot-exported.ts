import * as z from 'zod';
import { locode, text } from '../primitives.js';
import { trade, weighedLot } from '../trade-claims.js';
import { defineEventType, listOfLots, payloadWithDigests, repeatedLots } from './event-type.js';

const lotExportedSchema = payloadWithDigests('lot.exported', {
  lots: listOfLots(weighedLot),
  ...trade,
  portOfLoading: locode.optional(),
  portOfDischarge: locode.optional(),
  destination: text(200).optional(),
});

/** Lots leave the country with their documents; the exporter remains the holder until it dispatches them. */
export const lotExported = defineEventType({
  type: 'lot.exported',
  schema: lotExportedSchema,
  signers: { by: 'holder', roles: ['exporter'] },
  correctable: [
    '/lots/*/mass',
    '/certificate',
    '/hs',
    '/container',
    '/seals',
    '/customsDeclaration',
    '/value',
    '/portOfLoading',
    '/portOfDischarge',
    '/destination',
  ],
  disclosable: ['/customsDeclaration', '/value'],
  check: ({ lots }) => repeatedLots(lots),
});
export type LotExported = z.infer<typeof lotExportedSchema>;
