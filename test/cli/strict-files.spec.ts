import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Outbox } from '../../src/cli/signing/outbox.js';
import { WitnessStore, initWitness, originHash } from '../../src/cli/witness/witness-store.js';
import { AditClient } from '../../src/client/adit-client.js';
import { peekPayload } from '../../src/core/event/grammar.js';
import { StateFile } from '../../src/server/monitor/monitor-state.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'adit-strict-'));

/** A file with its first member once more, with another value before it: parsers differ on which one counts. */
const doubled = (text: string, member: string, value: string): string =>
  text.replace(`"${member}"`, `"${member}":${value},"${member}"`);

const LOG_KEY = 'example.org/tin+4a7b9a8f+AaBbCcDd';

describe('a file with one name twice', () => {
  it('is no state of a witness', () => {
    const at = folder();
    initWitness(at, 'witness.example.org/w1');
    const path = join(at, `${originHash('example.org/tin')}.json`);
    const state = JSON.stringify({ origin: 'example.org/tin', logKeys: [LOG_KEY], note: null });
    writeFileSync(path, state);
    expect(new WitnessStore(at).logs()).toHaveLength(1);
    writeFileSync(path, doubled(state, 'logKeys', '["another"]'));
    expect(() => new WitnessStore(at).logs()).toThrow('is damaged');
  });

  it('is no state of a monitor', () => {
    const at = folder();
    new StateFile(at, 'example.org/tin').save({ indexed: 7 });
    const path = join(at, 'monitor.json');
    writeFileSync(path, doubled(readFileSync(path, 'utf8'), 'indexed', '0'));
    expect(() => new StateFile(at, 'example.org/tin')).toThrow('stands twice');
  });

  it('is no entry of an outbox', () => {
    const at = folder();
    mkdirSync(at, { recursive: true });
    const box = new Outbox(at);
    const entry = { id: 'a'.repeat(43), log: 'l', type: 't', iss: 'coop', intent: 'i', save: null, event: 'e' };
    box.add(entry, () => null);
    const [name = ''] = readdirSync(at).filter((file) => file.endsWith('.json'));
    writeFileSync(join(at, name), doubled(readFileSync(join(at, name), 'utf8'), 'event', '"another"'));
    expect(() => box.pending()).toThrow('is damaged');
  });

  it('is no payload of an event', () => {
    const payload = Buffer.from('{"type":"a","type":"b"}').toString('base64url');
    expect(() => peekPayload(`h.${payload}.s`)).toThrow('stands twice');
  });
});

describe('an answer with one name twice, or of no bounded depth', () => {
  const client = (text: string, status = 200): AditClient =>
    new AditClient('http://ledger', () => Promise.resolve(new Response(text, { status })));

  it('is no answer of a ledger', async () => {
    await expect(client('{"id":"x","index":7,"index":8}').submit('event')).rejects.toThrow('stands twice');
    await expect(client(`${'['.repeat(40)}${']'.repeat(40)}`).ledger()).rejects.toThrow('nested deeper');
  });

  it('is read where it has decimals, which nobody signs', async () => {
    expect(await client('{"share":0.12345678901234567,"low":-1.5e-07,"zero":0.0}').ledger()).toEqual({
      share: Number('0.12345678901234567'),
      low: -1.5e-7,
      zero: 0,
    });
  });
});
