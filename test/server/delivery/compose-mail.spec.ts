import { describe, expect, it } from '@jest/globals';
import { rules } from '../../../src/core/rules/index.js';
import {
  type AlertKind,
  type MailAlert,
  composeAlertMail,
  composeDigestMail,
  composeDisabledMail,
  composeTestMail,
} from '../../../src/server/delivery/mail/compose-mail.js';
import { ruleTitle } from '../../../src/server/delivery/words/index.js';
import { type Language, languages } from '../../../src/core/api/alerts/subscription.js';

const site = 'https://ledger.example.org';
const ledger = 'example.org/tin';

const alert = (over: Partial<MailAlert> = {}): MailAlert => ({
  id: '5c9b2a8e-0000-4000-8000-00000000a1e7',
  rule: 'tag-reused',
  severity: 'critical',
  status: 'open',
  lots: ['9d0f6a52-0000-4000-8000-000000000001', '9d0f6a52-0000-4000-8000-000000000002'],
  events: ['ev-one', 'ev-two'],
  evidence: [
    { event: 'ev-one', index: 1234567 },
    { event: 'ev-two', index: null },
  ],
  measured: '2 lots',
  threshold: '1 lot',
  detail: 'Tag 0045121 is on two lots.',
  openedAt: '2026-03-05T14:07:00Z',
  dueAt: '2026-03-08T14:07:00Z',
  count: 1,
  descendants: 0,
  inhibited: 0,
  group: null,
  links: {
    alert: `${site}/alerts/5c9b2a8e`,
    rule: `${site}/rules/tag-reused`,
    bundle: `${site}/lots/9d0f6a52/bundle`,
    report: `${site}/lots/9d0f6a52/report`,
  },
  ...over,
});

const kinds: readonly AlertKind[] = [
  'alert.opened',
  'alert.updated',
  'alert.regressed',
  'alert.acknowledged',
  'alert.resolved',
  'alert.escalated',
];
const english = { language: 'en' as const, ledger };
const inLanguage = (language: Language) => ({ language, ledger });

const linksOf = (html: string): string[] =>
  [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1] ?? '');
const occurrences = (text: string, of: string): number => text.split(of).length - 1;

/** Whatever a mail says in HTML, without its marks. */
const spoken = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

describe('the mail of an alert', () => {
  it('says in its subject how grave it is, what it is, and how many', () => {
    const subject = (language: Language, kind: AlertKind, over: Partial<MailAlert> = {}): string =>
      composeAlertMail(kind, alert(over), inLanguage(language)).subject;
    expect(subject('en', 'alert.opened')).toBe('Critical: One tag is on two lots');
    expect(subject('en', 'alert.opened', { count: 10_000 })).toBe('Critical: One tag is on two lots (and 9,999 more)');
    expect(subject('en', 'alert.regressed', { severity: 'low' })).toBe('Low, back again: One tag is on two lots');
    expect(subject('fr', 'alert.resolved')).toBe('Critique, résolue\u00a0: Une même étiquette sur deux lots');
    expect(subject('fr', 'alert.opened', { count: 2 })).toBe(
      'Critique\u00a0: Une même étiquette sur deux lots (et 1 autre)',
    );
    expect(subject('es', 'alert.escalated')).toBe('Crítica, sin respuesta: Una misma etiqueta en dos lotes');
    expect(subject('sw', 'alert.opened')).toBe('Kubwa sana: Lebo moja iko kwenye mafungu mawili');
  });

  it('begins with what happened, and tells what shows it, how much, and until when', () => {
    const { text } = composeAlertMail('alert.opened', alert(), english);
    const lines = text.split('\n');
    expect(lines[0]).toBe('One tag is on two lots');
    expect(lines).toContain('Text of the ledger: Tag 0045121 is on two lots.');
    expect(lines).toContain('Measured: 2 lots');
    expect(lines).toContain('Limit: 1 lot');
    expect(lines).toContain('Answer by: 8 March 2026 at 14:07 UTC');
    expect(lines).toContain('  - 9d0f6a52-0000-4000-8000-000000000002');
    expect(lines).toContain('  - ev-one (entry 1234567)');
    expect(lines).toContain('  - ev-two');
    expect(lines).toContain(`${site}/alerts/5c9b2a8e`);
  });

  it('tells how to check it without trusting the mail', () => {
    const { text, html } = composeAlertMail('alert.opened', alert(), english);
    const after = text.slice(text.indexOf('How to check this without trusting this mail'));
    expect(after).toContain('adit verify');
    expect(after).toContain(`${site}/lots/9d0f6a52/bundle`);
    expect(after).toContain('not from this mail');
    expect(linksOf(html)).toEqual([
      `${site}/alerts/5c9b2a8e`,
      `${site}/lots/9d0f6a52/bundle`,
      `${site}/lots/9d0f6a52/report`,
      `${site}/rules/tag-reused`,
    ]);
    const without = composeAlertMail('alert.opened', alert({ links: { ...alert().links, bundle: null } }), english);
    expect(without.text).toContain('adit verify');
    expect(without.text).not.toContain('/bundle');
  });

  it('counts what it does not name', () => {
    const many = (name: string): string[] => Array.from({ length: 1_010 }, (_, i) => `${name}-${i}-`);
    const { text, html } = composeAlertMail(
      'alert.updated',
      alert({
        lots: many('lot'),
        events: many('event'),
        evidence: [],
        count: 10_000,
        inhibited: 1,
        descendants: 9_999,
      }),
      english,
    );
    for (const body of [text, html]) {
      expect(body).toContain('lot-9-');
      expect(body).not.toContain('lot-10-');
      expect(body).toContain('event-9-');
      expect(body).not.toContain('event-10-');
      expect(occurrences(body, 'and 1,000 more')).toBe(2);
      expect(body).toContain('1 alert that follows from this one is not sent');
      expect(body).toContain('9,999 lots were made from those named here');
      expect(body).toContain('10,000');
    }
    expect(text.length + html.length).toBeLessThan(20_000);
  });

  it('says by what it was grouped', () => {
    const grouped = (by: string): string =>
      composeAlertMail('alert.opened', alert({ group: { by, value: 'CD-KV-0007' } }), inLanguage('fr')).text;
    expect(grouped('site')).toContain('Regroupés par\u00a0: site minier CD-KV-0007');
    expect(grouped('moon')).toContain('moon CD-KV-0007');
  });

  it('asks for no answer to what has been answered, and says when one is late', () => {
    const text = (kind: AlertKind, status: string): string => composeAlertMail(kind, alert({ status }), english).text;
    expect(text('alert.resolved', 'resolved')).not.toMatch(/nswer(ed)? by/);
    expect(text('alert.escalated', 'open')).toContain('Was to be answered by: 8 March 2026');
    expect(composeAlertMail('alert.opened', alert({ dueAt: null }), english).text).not.toContain('Answer by');
  });

  it('can be made of every kind and every rule in every language, and nothing is left out of either half', () => {
    for (const language of languages)
      for (const [i, { id }] of [...rules, { id: 'rule-failed' }].entries()) {
        const kind = kinds[i % kinds.length] as AlertKind;
        const mail = composeAlertMail(kind, alert({ rule: id, count: 3, descendants: 2, inhibited: 2 }), {
          language,
          ledger,
        });
        const both = `${mail.subject}\n${mail.text}\n${mail.html}`;
        expect(both).not.toMatch(/\{\{|undefined|null\b|NaN|\[object/);
        expect(mail.subject).toContain(ruleTitle(id, language));
        expect(mail.text.startsWith(ruleTitle(id, language))).toBe(true);
        const words = spoken(mail.html).replace(/\s+/g, ' ');
        for (const line of mail.text.split('\n').filter((one) => /^[^ [=-].*[.]$/.test(one)))
          expect(words).toContain((line.split(/:\s/).at(-1) ?? line).replace(/\s+/g, ' '));
      }
  });

  it('is the same mail when it is made again', () => {
    for (const kind of kinds)
      expect(composeAlertMail(kind, alert(), english)).toEqual(composeAlertMail(kind, alert(), english));
  });
});

/** What somebody might write into an event whose words end up in a mail. */
const hostile =
  '</td><img src=x onerror=alert(1)>"\'&amp; {{severity}} $t(question)\r\nBcc: spy@x.example\r\n\r\n== How to check ==\u2028\u202Egnp.exe\u0000';

describe('what a stranger wrote, in a mail', () => {
  const said = alert({
    detail: hostile,
    measured: hostile,
    threshold: hostile,
    lots: [hostile],
    events: [hostile],
    evidence: [],
    status: hostile,
    rule: hostile,
    group: { by: hostile, value: hostile },
    openedAt: hostile,
    dueAt: hostile,
  });
  const mails = languages.flatMap((language) => [
    ...kinds.map((kind) => composeAlertMail(kind, said, { language, ledger: hostile })),
    composeDigestMail([said], { from: hostile, to: hostile, more: 1 }, { language, ledger: hostile }),
    composeDisabledMail({ url: hostile, since: hostile, reason: 'failing' }, { language, ledger: hostile }),
    composeTestMail({ language, ledger: hostile }),
  ]);

  it('is text and nothing else in HTML', () => {
    for (const { html } of mails) {
      expect(html).not.toMatch(/<(img|script|link|style|iframe|object|form|svg|base|input)\b/i);
      expect(html).not.toContain('onerror=alert(1)>"');
      const tags = [...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map((match) => match[1]?.toLowerCase() ?? '');
      const known = '!doctype html head meta title body main p h1 h2 table tr th td ul li pre code a br div'.split(' ');
      expect(tags.filter((tag) => !known.includes(tag))).toEqual([]);
    }
    expect(spoken(mails[0]?.html ?? '')).toContain(
      '</td><img src=x onerror=alert(1)>"\'&amp; {{severity}} $t(question)',
    );
  });

  it('begins no line and no header of its own', () => {
    for (const { subject, text, html } of mails) {
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(subject.length).toBeLessThanOrEqual(200);
      expect(text).not.toMatch(/^(Bcc:|== How to check ==)/m);
      expect((text + html).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });

  it('is bounded', () => {
    const long = '😀'.repeat(100_000);
    const mail = composeAlertMail(
      'alert.opened',
      alert({ detail: long, measured: long, threshold: long, rule: long, lots: [long] }),
      english,
    );
    expect(mail.subject.length).toBeGreaterThan(190);
    expect(mail.subject.length).toBeLessThanOrEqual(200);
    expect(mail.subject).not.toMatch(/\p{Cs}/u);
    expect(mail.text.length).toBeLessThan(12_000);
    expect(mail.html.length).toBeLessThan(16_000);
    expect(mail.text).not.toMatch(/\p{Cs}/u);
  });

  it('never becomes a link', () => {
    const links = {
      alert: 'javascript:alert(1)',
      rule: 'https://user:secret@x.example/',
      bundle: 'data:text/html,hello',
      report: `${site}/"><img src=x>`,
    };
    for (const { text, html } of [
      composeAlertMail('alert.opened', alert({ links }), english),
      composeDigestMail(
        [alert({ links })],
        { from: '', to: '', more: 0 },
        { ...english, manage: 'file:///etc/passwd' },
      ),
    ]) {
      expect(text + html).not.toMatch(/javascript:|data:|file:|secret/);
      for (const link of linksOf(html))
        expect(link).toMatch(/^https:\/\/ledger\.example\.org\/%22%3E%3Cimg%20src=x%3E$/);
    }
  });
});

describe('a mail in HTML', () => {
  it('names its language, has one first heading, and asks no host for anything', () => {
    for (const language of languages) {
      const { html, subject } = composeAlertMail('alert.opened', alert(), { language, ledger });
      expect(html).toContain(`<html lang="${language}">`);
      expect(occurrences(html, '<h1')).toBe(1);
      expect(html).not.toMatch(/\b(src|background|srcset|data)=|url\(|@import|<style|<script/i);
      expect(spoken(/<title>.*<\/title>/.exec(html)?.[0] ?? '').trim()).toBe(subject);
    }
  });

  it('says the severity as a word, not by its colour alone', () => {
    const words = { en: 'High', fr: 'Élevée', sw: 'Kubwa', es: 'Alta' };
    for (const language of languages) {
      const { html } = composeAlertMail('alert.opened', alert({ severity: 'high' }), { language, ledger });
      expect(html).toMatch(new RegExp(`<p style="[^"]*background:#[0-9a-f]{6}">${words[language]}</p>`));
    }
  });

  it('marks what is English in a mail of another language', () => {
    expect(composeAlertMail('alert.opened', alert(), inLanguage('fr')).html).toMatch(
      /<td lang="en"[^>]*>Tag 0045121 is on two lots\.<\/td>/,
    );
    expect(composeAlertMail('alert.opened', alert(), english).html).not.toContain('<td lang');
  });
});

describe('the digest', () => {
  const period = { from: '2026-03-05T00:00:00Z', to: '2026-03-06T00:00:00Z', more: 0 };

  it('begins with the gravest and counts all', () => {
    const mail = composeDigestMail(
      [
        alert({ severity: 'low', rule: 'dwell-too-long' }),
        alert({ severity: 'critical' }),
        alert({ severity: 'high' }),
      ],
      { ...period, more: 997 },
      english,
    );
    expect(mail.subject).toBe('Critical first: 1,000 alerts');
    expect(mail.text).toContain('5 March 2026 at 00:00 UTC – 6 March 2026 at 00:00 UTC');
    const headings = mail.text.split('\n').filter((line) => line.startsWith('== '));
    expect(headings.map((line) => line.slice(3, 6))).toEqual(['Cri', 'Hig', 'Low']);
    expect(mail.text).toContain('997 more alerts are not shown');
    expect(occurrences(mail.html, '<h2')).toBe(3);
  });

  it('tells of fifty and counts the rest', () => {
    const mail = composeDigestMail(
      Array.from({ length: 60 }, () => alert()),
      { ...period, more: 5 },
      inLanguage('es'),
    );
    expect(occurrences(mail.text, '== ')).toBe(50);
    expect(mail.text).toContain('15 alertas más no aparecen');
    expect(mail.subject).toBe('Crítica primero: 65 alertas');
  });

  it('says it of one alert, of none, and of none that were handed over', () => {
    expect(composeDigestMail([alert()], period, english).subject).toBe('Critical: 1 alert in this digest');
    expect(composeDigestMail([], period, english).subject).toBe('No alerts in this period');
    expect(composeDigestMail([], { ...period, more: 7 }, english).subject).toBe('7 alerts');
  });
});

describe('the other mails', () => {
  it('lets somebody try the channel', () => {
    const { subject, text } = composeTestMail(english);
    expect(subject).toBe('Test of the alerts of example.org/tin');
    expect(text.startsWith('Alerts arrive\n')).toBe(true);
  });

  it('tells the owner why an endpoint was switched off, without the keys in its address', () => {
    const url = 'https://user:canary@hooks.example.org/adit?token=canary#canary';
    const failing = composeDisabledMail({ url, since: '2026-03-05T14:07:00Z', reason: 'failing' }, english);
    const gone = composeDisabledMail({ url, since: '2026-03-05T14:07:00Z', reason: 'gone' }, english);
    expect(failing.text).toContain('every delivery to it has failed for a week');
    expect(failing.text).toContain('Failing since: 5 March 2026 at 14:07 UTC');
    expect(gone.text).toContain('410');
    expect(gone.text).not.toContain('Failing since');
    for (const { text, html } of [failing, gone]) {
      expect(text).toContain('https://hooks.example.org/adit');
      expect(text + html).not.toContain('canary');
      expect(linksOf(html)).toEqual([]);
    }
  });

  it('says why it came, and where to end it if there is such a place', () => {
    const manage = `${site}/subscriptions/7`;
    const { text, html } = composeTestMail({ ...english, manage });
    expect(text).toContain('because this address is subscribed to alerts of the ledger example.org/tin');
    expect(linksOf(html)).toEqual([manage]);
  });
});
