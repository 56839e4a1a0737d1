import bwipjs from 'bwip-js/node';
import type { Say } from '../../../web/say.js';
import { INK, LINE, type Pdf, SOFT, drawQr, makePdf, printable } from '../pdf.js';

/** What one label shows. */
export interface Label {
  name: string;
  goods: string;
  mass: string;
  /** The beginning of the id of the lot. */
  shortId: string;
  holder: string;
  /** Address in its QR code: the passport where one is published, else the page of the lot. */
  url: string;
  /** GS1 element string for a DataMatrix symbol; null where the lot has no GTIN. */
  gs1: string | null;
}

/** Labels of a sheet of A4, 70 mm by 37.1 mm each, as they are sold; points. */
const COLUMNS = 3;
const ROWS = 8;
const WIDTH = 595.28 / COLUMNS;
const HEIGHT = 841.89 / ROWS;
const PAD = 10;
const QR = 74;
const MATRIX = 40;

/** Prints labels of lots, each with a QR code and, where the lot has a GTIN, a GS1 DataMatrix symbol. */
export const printLabels = (say: Say, labels: readonly Label[], created: Date): Promise<Buffer> =>
  makePdf({ say, margin: 0, title: say.word('desk.labels'), subject: say.word('desk.labels'), created }, (pdf) => {
    for (const [i, label] of labels.entries()) {
      const at = i % (COLUMNS * ROWS);
      if (i > 0 && at === 0) pdf.addPage();
      draw(pdf, label, (at % COLUMNS) * WIDTH, Math.floor(at / COLUMNS) * HEIGHT);
    }
  });

function draw(pdf: Pdf, label: Label, left: number, top: number): void {
  pdf.rect(left, top, WIDTH, HEIGHT).lineWidth(0.3).stroke(LINE);
  drawQr(pdf, label.url, { left: left + PAD, top: top + (HEIGHT - QR) / 2, size: QR });
  const textLeft = left + PAD + QR + 6;
  const width = WIDTH - QR - 2 * PAD - 6 - (label.gs1 === null ? 0 : MATRIX + 4);
  const line = (text: string, y: number, size: number, font = 'Helvetica', colour = INK): void => {
    // A label has room for one line of each; what is too long is cut off.
    pdf.font(font).fontSize(size).fillColor(colour);
    pdf.text(printable(text), textLeft, top + y, { width, height: size + 2, ellipsis: true, lineBreak: false });
  };
  line(label.name, 16, 12, 'Helvetica-Bold');
  line(label.goods, 34, 9);
  line(label.mass, 47, 9);
  line(label.holder, 62, 8, 'Helvetica', SOFT);
  line(label.shortId, 74, 8, 'Courier', SOFT);
  if (label.gs1 !== null) drawMatrix(pdf, label.gs1, left + WIDTH - PAD - MATRIX, top + (HEIGHT - MATRIX) / 2);
}

/** Draws a GS1 DataMatrix symbol as squares, so that it is sharp at every size. */
function drawMatrix(pdf: Pdf, text: string, left: number, top: number): void {
  const [symbol] = bwipjs.raw('gs1datamatrix', text) as { pixs: number[]; pixx: number; pixy: number }[];
  if (symbol === undefined) return;
  const { pixs, pixx, pixy } = symbol;
  const unit = MATRIX / Math.max(pixx, pixy);
  for (const [i, dark] of pixs.entries())
    if (dark === 1) pdf.rect(left + (i % pixx) * unit, top + Math.floor(i / pixx) * unit, unit, unit);
  pdf.fill('#000');
}
