import PdfDocument from 'pdfkit';
import type { Say } from '../../web/say.js';
import { qrPath } from '../../web/ui/qr.js';

export type Pdf = InstanceType<typeof PdfDocument>;

/** Colours of printed pages. */
export const INK = '#1b1c1a';
export const SOFT = '#5a5d57';
export const LINE = '#dedbd1';

/** Replaces what the standard fonts of PDF lack (they have WinAnsi alone): narrow spaces and the minus sign. */
export const printable = (text: string): string =>
  text
    .replaceAll(/[\u202f\u2009]/g, '\u00a0')
    .replaceAll('−', '-')
    .replaceAll('→', '>');

interface PdfOptions {
  say: Say;
  margin: number;
  title: string;
  subject: string;
  created: Date;
}

/** Makes a PDF of A4 pages that `draw` fills. */
export async function makePdf(
  { say, margin, title, subject, created }: PdfOptions,
  draw: (pdf: Pdf) => void,
): Promise<Buffer> {
  const pdf = new PdfDocument({
    size: 'A4',
    margin,
    lang: say.language,
    displayTitle: true,
    info: { Title: printable(title), Subject: subject, CreationDate: created, Producer: 'Adit', Creator: 'Adit' },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => pdf.on('end', resolve).on('error', reject));
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  draw(pdf);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

interface Placed {
  left: number;
  top: number;
  size: number;
}

/** Draws the QR code of a text. */
export function drawQr(pdf: Pdf, text: string, { left, top, size }: Placed): void {
  const { path, width } = qrPath(text);
  pdf
    .save()
    .translate(left, top)
    .scale(size / width)
    .path(path)
    .fill('#000')
    .restore();
}

interface Fact {
  name: string;
  value: string;
  left: number;
  /** Widths of the column of names, and of the one of values, points. */
  names: number;
  values: number;
}

/** Writes a name and its value beside it, each as high as it needs, and goes below both. */
export function drawFact(pdf: Pdf, { name, value, left, names, values }: Fact): void {
  const top = pdf.y;
  pdf
    .font('Helvetica')
    .fontSize(10)
    .fillColor(SOFT)
    .text(printable(name), left, top, { width: names - GAP });
  const below = pdf.y;
  pdf.fillColor(INK).text(printable(value), left + names, top, { width: values });
  pdf.y = Math.max(below, pdf.y);
}

/** Space between a name and its value, points. */
const GAP = 8;
