import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, settingsList } from '../../src/server/config/config.js';
import { configWarnings } from '../../src/server/config/config-warnings.js';
import { environmentExample, redactedConfig, settingsTable } from '../../src/server/config/show-config.js';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('reading the configuration', () => {
  it('needs nothing: an embedded database, loopback, jobs in PostgreSQL', () => {
    expect(loadConfig({})).toMatchObject({
      databaseUrl: null,
      redisUrl: null,
      origin: 'localhost/adit',
      host: '127.0.0.1',
      port: 8400,
      publicUrl: 'http://127.0.0.1:8400',
      entryBundles: false,
      role: 'all',
      dataDir: resolve('.adit/data'),
    });
  });

  it('names every problem at once', () => {
    const env = {
      PORT: 'many',
      ADIT_ROLE: 'king',
      REDIS_URL: 'http://x',
      ADIT_ORIGIN: 'https://x',
      HOST: '0.0.0.0',
      ADIT_ACCESS: 'open',
    };
    const problems = problemsOf(env);
    expect(problems.map((problem) => problem.split(' ')[0] ?? '').toSorted((a, b) => a.localeCompare(b))).toEqual([
      'ADIT_ORIGIN',
      'ADIT_ROLE',
      'HOST',
      'PORT',
      'REDIS_URL',
    ]);
  });

  it('is closed by default, and open on this machine alone', () => {
    expect(loadConfig({ HOST: '0.0.0.0' }).access).toBe('closed');
    for (const HOST of ['0.0.0.0', '127.evil.example'])
      expect(problemsOf({ HOST, ADIT_ACCESS: 'open' }).join()).toContain('ADIT_ACCESS=open is for loopback addresses');
    expect(problemsOf({ ADIT_ACCESS: 'yes' }).join()).toContain('ADIT_ACCESS');
    for (const HOST of ['::1', '127.0.0.1']) expect(problemsOf({ HOST, ADIT_ACCESS: 'open' })).toEqual([]);
  });

  it('takes an empty value as unset', () => {
    expect(loadConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ databaseUrl: null, port: 8400 });
  });

  it('keeps passwords out of errors and of what it shows', () => {
    const secret = 'canary-7Yh';
    expect(problemsOf({ DATABASE_URL: `mysql://u:${secret}@h/d` }).join()).not.toContain(secret);
    const shown = redactedConfig(loadConfig({ DATABASE_URL: `postgres://u:${secret}@h/d?password=${secret}` }));
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown['DATABASE_URL']).toBe('postgres://h/d');
  });

  it('takes a mail server only with an address that mails come from', () => {
    const secret = 'canary-7Yh';
    const server = { SMTP_URL: `smtp://adit:${secret}@mail.example.org:587` };
    expect(problemsOf(server).join()).toContain('ADIT_MAIL_FROM');
    const config = loadConfig({
      ...server,
      ADIT_MAIL_FROM: 'Adit <alerts@example.org>',
      ADIT_OPERATOR_MAIL: 'op@x.org',
    });
    expect(config).toMatchObject({ mailFrom: 'Adit <alerts@example.org>', operatorMail: 'op@x.org' });
    expect(redactedConfig(config)['SMTP_URL']).toBe('smtp://mail.example.org:587');
    expect(loadConfig({})).toMatchObject({ smtpUrl: null, mailFrom: null, operatorMail: null });
  });

  it('refuses what could send mails elsewhere, or unprotected', () => {
    const from = { ADIT_MAIL_FROM: 'alerts@example.org' };
    for (const address of [
      'http://mail.example.org',
      'smtp:',
      'mail.example.org',
      'smtps://h?tls.rejectUnauthorized=false',
    ])
      expect(problemsOf({ ...from, SMTP_URL: address }).join()).toMatch(/^SMTP_URL must be/);
    for (const sender of ['a@x.org, b@x.org', 'Adit <a@x.org>\r\nBcc: b@x.org', 'Adit', 'A <a@x.org> <b@x.org>'])
      expect(problemsOf({ ADIT_MAIL_FROM: sender }).join()).toMatch(/^ADIT_MAIL_FROM must be/);
    expect(problemsOf({ ADIT_OPERATOR_MAIL: 'Adit <a@x.org>' }).join()).toMatch(/^ADIT_OPERATOR_MAIL must be/);
  });

  it('warns of keys that lie where a copied folder would restore them', () => {
    expect(configWarnings(loadConfig({}))).toEqual([]);
    expect(configWarnings(loadConfig({ ADIT_GUARD_FILE: '.adit/data/guard.json' })).join()).toContain(
      'ADIT_GUARD_FILE',
    );
  });

  it('warns of settings that there are not, and heeds the former name of one', () => {
    const slip = configWarnings(loadConfig({ ADIT_ORIGN: 'example.org/tin', ADIT_EMPTY: '', OTHER: 'x' }));
    expect(slip).toEqual([expect.stringContaining('ADIT_ORIGN')]);
    const former = loadConfig({ ADIT_WITNESS_POLICY_FILE: '/old' });
    expect(former.witnessPolicyFile).toBe('/old');
    expect(configWarnings(former)).toEqual([expect.stringContaining('ADIT_POLICY_FILE')]);
    const both = { ADIT_WITNESS_POLICY_FILE: '/old', ADIT_POLICY_FILE: '/new' };
    expect(loadConfig(both).witnessPolicyFile).toBe('/new');
    expect(problemsOf({ ADIT_POLICY_FILE: '/new' })).toEqual([]);
  });

  it('is what .env.example and the documentation show', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(environmentExample());
    expect(readFileSync('docs/operating.md', 'utf8')).toContain(`## Settings\n\n${settingsTable()}\n`);
    expect(new Set(settingsList.map(({ name }) => name)).size).toBe(settingsList.length);
  });
});
