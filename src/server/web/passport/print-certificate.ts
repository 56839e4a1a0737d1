import type { PassportData } from '../../../core/api/access/passport.js';
import { passportWords } from '../../../web/passport/passport-words.js';
import type { Say } from '../../../web/say.js';
import { INK, LINE, type Pdf, SOFT, drawFact, drawQr, makePdf, printable } from '../pdf.js';

/** Margin of the page, points. */
const MARGIN = 56;
const QR = 104;

/** Prints the certificate of a passport as a PDF: the same content and the same QR code as its page. */
export function printCertificate(say: Say, data: PassportData): Promise<Buffer> {
  const words = passportWords(say, data);
  const subject = say.word('passport.certificate');
  const created = new Date(data.asOf);
  return makePdf({ say, margin: MARGIN, title: words.sentence, subject, created }, (pdf) => {
    head(pdf, say, data, words.sentence, words.lede);
    for (const { name, word, reason } of words.verdicts) ruledRow(pdf, name, `${word}. ${reason}`);
    title(pdf, say.word('passport.story'));
    for (const { month, text } of words.steps) ruledRow(pdf, month, text);
    title(pdf, say.word('limits'));
    paragraph(pdf, say.word('limits.text'));
    paragraph(pdf, say.word('passport.private'));
    title(pdf, say.word('check'));
    for (const [name, value] of words.facts) ruledRow(pdf, name, value);
    ruledRow(pdf, 'URL', data.url);
  });
}

function head(pdf: Pdf, say: Say, data: PassportData, sentence: string, lede: string): void {
  const left = pdf.page.width - MARGIN - QR;
  drawQr(pdf, data.url, { left, top: MARGIN, size: QR });
  const wide = left - MARGIN - 16;
  pdf.font('Helvetica').fontSize(9).fillColor(SOFT);
  pdf.text(printable(`${say.word('passport.certificate')} · ${data.name}`), MARGIN, MARGIN, { width: wide });
  pdf.moveDown(0.6);
  pdf.font('Times-Roman').fontSize(20).fillColor(INK).text(printable(sentence), { width: wide });
  pdf.moveDown(0.4).font('Helvetica').fontSize(10).fillColor(SOFT).text(printable(lede), { width: wide });
  pdf.y = Math.max(pdf.y, MARGIN + QR) + 14;
}

function title(pdf: Pdf, text: string): void {
  pdf.moveDown(0.9).font('Helvetica-Bold').fontSize(11).fillColor(INK).text(printable(text), MARGIN);
  pdf
    .moveTo(MARGIN, pdf.y + 2)
    .lineTo(pdf.page.width - MARGIN, pdf.y + 2)
    .lineWidth(0.7)
    .stroke(INK);
  pdf.y += 8;
}

const paragraph = (pdf: Pdf, text: string): Pdf =>
  pdf.font('Helvetica').fontSize(10).fillColor(INK).text(printable(text), MARGIN).moveDown(0.3);

/** Width of the names of rows, points. */
const NAMES = 130;

function ruledRow(pdf: Pdf, name: string, value: string): void {
  drawFact(pdf, { name, value, left: MARGIN, names: NAMES, values: pdf.page.width - 2 * MARGIN - NAMES });
  const bottom = pdf.y + 3;
  pdf
    .moveTo(MARGIN, bottom)
    .lineTo(pdf.page.width - MARGIN, bottom)
    .lineWidth(0.5)
    .stroke(LINE);
  pdf.y = bottom + 5;
}
