import { describe, expect, it } from '@jest/globals';
import { JsonLogger } from '../../src/server/boot/logger.js';
import { maskUrls } from '../../src/server/http/mask-urls.js';

function logged(write: (logger: JsonLogger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(new JsonLogger('info', { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const CANARY = 'canary-91x';

describe('writing the log', () => {
  it('keeps secrets and events out of it', () => {
    const error = Object.assign(new Error(`connect postgres://adit:${CANARY}@host/db failed`), { query: CANARY });
    const lines = logged((logger) => {
      logger.error({ msg: 'failed', err: error, headers: { authorization: CANARY }, event: CANARY }, 'http');
      logger.warn(`lost redis://:${CANARY}@host`, 'queue');
      logger.error(error, 'start');
      logger.error('failed', `Error at postgres://adit:${CANARY}@host`, 'nest');
    });
    expect(lines.length).toBe(4);
    expect(JSON.stringify(lines)).not.toContain(CANARY);
    expect(lines[0]).toMatchObject({ msg: 'failed', context: 'http', err: { type: 'Error' } });
  });

  it('masks credentials and queries of addresses, and leaves the rest as it is', () => {
    const [line] = logged((logger) =>
      logger.warn({ msg: 'no answer from https://hook.example.org/a?token=x#y', url: `https://u:${CANARY}@h/p?k=v` }),
    );
    expect(line).toMatchObject({
      msg: 'no answer from https://hook.example.org/a?[masked]',
      url: 'https://[masked]@h/p?[masked]',
    });
  });

  it.each([
    [
      'https://hooks.slack.com/services/T0123ABCD/B0456EFGH/x7KdQpLmNvRtYwZaBcDeFgHi',
      '/services/T0123ABCD/B0456EFGH/[masked]',
    ],
    [
      'https://discord.com/api/webhooks/112233445566778899/aB3-_dEfGhIjKlMnOpQrStUvWx0123456789',
      '/112233445566778899/[masked]',
    ],
    [
      'https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage',
      '.org/[masked]/sendMessage',
    ],
    [
      'https://a.webhook.office.com/webhookb2/7f9c2e1a-0000@7f9c2e1a-1111/IncomingWebhook/0123456789abcdef',
      'webhookb2/[masked]/IncomingWebhook/[masked]',
    ],
    ['https://hook.example.org/ABCDEFGHabcdefghABCDEFGH?x=1', 'hook.example.org/[masked]?[masked]'],
    ['https://hook.example.org/adit/alerts/kigali', '/adit/alerts/kigali'],
  ])('masks the tokens in the path of %s', (url, shown) => {
    const [line] = logged((logger) => logger.warn({ msg: `no answer from ${url}, tried again`, url }));
    const { msg, url: logs } = line as { msg: string; url: string };
    expect(logs.endsWith(shown)).toBe(true);
    expect(msg).toContain(shown);
  });

  it('leaves the files of a stack trace as they are', () => {
    const trace = '    at run (file:///opt/adit/dist/src/server/AVeryLongFolderName/watch-connections2.js:61:20)';
    expect(maskUrls(trace)).toBe(trace);
  });

  it.each([
    ['letters', 'a'.repeat(1_000_000)],
    ['schemes', 'a://'.repeat(250_000)],
    ['at signs', `x://${'@'.repeat(1_000_000)}`],
    ['queries', `x://${'?'.repeat(1_000_000)}`],
  ])('writes a line of bounded length and work for a million %s', (_what, text) => {
    const began = performance.now();
    const lines = logged((logger) => logger.error({ msg: text, err: new Error(text), url: text }, 'http'));
    // The work of a quadratic search would be minutes.
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(JSON.stringify(lines).length).toBeLessThan(100_000);
  });

  it('leaves out what is below its level', () => {
    expect(logged((logger) => logger.debug('quiet', 'x'))).toEqual([]);
  });
});
