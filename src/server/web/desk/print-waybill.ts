import type { Say } from '../../../web/say.js';
import { INK, LINE, type Pdf, SOFT, drawFact, drawQr, makePdf, printable } from '../pdf.js';

/** What a waybill shows of a dispatch. */
export interface Waybill {
  event: string;
  url: string;
  /** Names and values at the top: sender, carrier and receiver, times, vehicle, seals. */
  facts: readonly (readonly [name: string, value: string])[];
  lots: readonly { name: string; goods: string; mass: string; tags: string }[];
  total: string;
  created: Date;
}

const MARGIN = 48;
const QR = 84;
const NAMES = 110;
/** Left edges of the columns of lots, and the width of each. */
const COLUMNS = [
  { left: MARGIN, width: 120 },
  { left: MARGIN + 124, width: 130 },
  { left: MARGIN + 258, width: 80 },
  { left: MARGIN + 348, width: 150 },
] as const;
const LOWEST = 120;

/** Prints the waybill of a dispatch, with lines on which sender, carrier and receiver sign. */
export const printWaybill = (say: Say, waybill: Waybill): Promise<Buffer> =>
  makePdf(
    { say, margin: MARGIN, title: say.word('desk.waybill.title'), subject: waybill.event, created: waybill.created },
    (pdf) => {
      drawQr(pdf, waybill.url, { left: pdf.page.width - MARGIN - QR, top: MARGIN, size: QR });
      pdf
        .font('Times-Roman')
        .fontSize(22)
        .fillColor(INK)
        .text(printable(say.word('desk.waybill.title')), MARGIN, MARGIN);
      pdf.font('Courier').fontSize(8).fillColor(SOFT).text(waybill.event, { width: 380 }).moveDown(0.6);
      for (const [name, value] of waybill.facts) fact(pdf, name, value);
      pdf.y = Math.max(pdf.y, MARGIN + QR) + 14;
      cells(
        pdf,
        [say.word('lot'), say.word('column.goods'), say.word('column.mass'), say.word('desk.claim.tags')],
        SOFT,
      );
      for (const { name, goods, mass, tags } of waybill.lots) cells(pdf, [name, goods, mass, tags], INK);
      cells(pdf, [say.count('lots', waybill.lots.length), '', waybill.total, ''], INK, 'Helvetica-Bold');
      signatures(pdf, [
        say.word('desk.waybill.sender'),
        say.word('desk.claim.carrier'),
        say.word('desk.waybill.receiver'),
      ]);
    },
  );

function fact(pdf: Pdf, name: string, value: string): void {
  drawFact(pdf, { name, value, left: MARGIN, names: NAMES, values: 280 });
  pdf.y += 2;
}

/** Writes one row of the table of lots, on a new page where there is no room. */
function cells(pdf: Pdf, texts: readonly string[], colour: string, font = 'Helvetica'): void {
  if (pdf.y > pdf.page.height - MARGIN - 24) pdf.addPage();
  const top = pdf.y;
  pdf.font(font).fontSize(9).fillColor(colour);
  const bottoms = COLUMNS.map(({ left, width }, i) => {
    pdf.text(printable(texts[i] ?? ''), left, top, { width });
    return pdf.y;
  });
  const bottom = Math.max(...bottoms) + 3;
  pdf
    .moveTo(MARGIN, bottom)
    .lineTo(pdf.page.width - MARGIN, bottom)
    .lineWidth(0.5)
    .stroke(LINE);
  pdf.y = bottom + 4;
}

function signatures(pdf: Pdf, names: readonly string[]): void {
  if (pdf.y > pdf.page.height - LOWEST) pdf.addPage();
  const top = pdf.y + 48;
  const width = (pdf.page.width - 2 * MARGIN) / names.length;
  for (const [i, name] of names.entries()) {
    const left = MARGIN + i * width;
    pdf
      .moveTo(left, top)
      .lineTo(left + width - 16, top)
      .lineWidth(0.7)
      .stroke(INK);
    pdf
      .font('Helvetica')
      .fontSize(9)
      .fillColor(SOFT)
      .text(printable(name), left, top + 4, { width: width - 16 });
  }
}
