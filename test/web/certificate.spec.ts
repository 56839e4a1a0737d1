import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { languages } from '../../src/core/api/alerts/subscription.js';
import { printCertificate } from '../../src/server/web/passport/print-certificate.js';
import { passportWords } from '../../src/web/passport/passport-words.js';
import { sayIn } from '../../src/web/phrases.js';
import { samplePassport } from '../../src/web/stories/samples.js';
import { qrPath } from '../../src/web/ui/qr.js';

/** The text of a PDF whose fonts have one byte a character. */
function textOf(pdf: Buffer): string {
  const source = pdf.toString('latin1');
  const streams = [...source.matchAll(/stream\n([^]*?)\nendstream/g)].flatMap(([, bytes = '']) => {
    try {
      return [inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1')];
    } catch {
      return [];
    }
  });
  const hex = streams.flatMap((stream) => [...stream.matchAll(/\[(.*?)\] TJ/g)].map(([, parts = '']) => parts));
  const shown = hex.map((parts) =>
    [...parts.matchAll(/<([0-9a-f]*)>/g)]
      .map(([, digits = '']) => Buffer.from(digits, 'hex').toString('latin1'))
      .join(''),
  );
  return shown.join(' ');
}

const plain = (text: string): string =>
  text
    .replaceAll('’', '\u0092')
    .replaceAll(/[\u202f\u00a0]/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the certificate of a passport', () => {
  it.each(languages)('has the texts of the page in %s', async (language) => {
    const say = sayIn(language);
    const data = samplePassport();
    const pdf = await printCertificate(say, data);
    const text = textOf(pdf).replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ');
    const { verdicts, steps, facts } = passportWords(say, data);
    for (const { word } of verdicts) expect(text).toContain(plain(word));
    for (const { month } of steps) expect(text).toContain(plain(month));
    for (const [name] of facts) expect(text).toContain(plain(name));
    expect(text).toContain(data.code);
    expect(pdf.length).toBeLessThan(40_000);
  });

  it('is one page, with the QR code that the page has', async () => {
    const data = samplePassport();
    const pdf = (await printCertificate(sayIn('en'), data)).toString('latin1');
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
    const { path, width } = qrPath(data.url);
    expect(width).toBeGreaterThan(28);
    expect(path.startsWith('M4 4h7')).toBe(true);
  });
});
