import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { ForwardAlerts, stableSecret } from '../../src/cli/alerts/forward-alerts.js';
import { type StreamedAlert, triggerAlert } from '../../src/cli/alerts/trigger-alert.js';
import { HookReceiver, type ReceivedRequest } from '../support/hook-receiver.js';
import { type OutsideActor, openAsRegistrar } from '../support/outside-client.js';
import { ADIT } from '../support/programs.js';
import { type Ran, runAdit } from '../support/run-adit.js';
import { type TestServer, startTestServer } from '../support/running-server.js';
import { openTestStage } from '../support/test-stage.js';
import { until } from '../support/until.js';

/** Starts a command that stays until it is interrupted. */
function start(args: string[], home: string): { child: ChildProcess; ended: Promise<Ran>; out: () => string } {
  const child = spawn(process.execPath, [ADIT, ...args], { env: { ...process.env, HOME: home } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const ended = new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return { child, ended, out: () => out };
}

describe('adit alerts and adit subscribe', () => {
  let home: string;
  let hooks: HookReceiver;
  let service: TestServer;
  let coop: OutsideActor;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'adit-home-'));
    hooks = await HookReceiver.start();
    service = await startTestServer({ ADIT_ROLE: 'all' });
    const registrar = await openAsRegistrar(service.url);
    coop = await registrar.register('coop', ['miner']);
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
  });
  afterAll(async () => {
    await service.close();
    await hooks.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** Waits until somebody follows the stream: an alert that was raised before is not forwarded. */
  const follows = (): Promise<true> =>
    until(async () => /^adit_alert_readers 1$/m.test(await (await fetch(`${service.url}/metrics`)).text()));

  const run = (...args: string[]): Promise<Ran> => runAdit(home, args);
  const twice = async (tag: string): Promise<void> => {
    const output = { mineral: 'cassiterite', form: 'concentrate', mass: { value: '48.6', uom: 'KGM' }, tags: [tag] };
    for (let i = 0; i < 2; i += 1) await coop.must('lot.declared', { place: { site: 'hill' }, outputs: [output] });
  };

  it('forwards what is told, signed by a secret that stays the same', async () => {
    const forward = ['alerts', 'listen', '--server', service.url, '--forward-to', `${hooks.base}/dev`];
    const listening = start([...forward, '--rule', 'tag-reused'], home);
    await until(() => listening.out().includes('whsec_'));
    const [secret = ''] = /whsec_\S+[^.\s]/.exec(listening.out()) ?? [];
    await follows();
    await twice('SYN-1');
    await until(() => hooks.at('/dev').length > 0);
    const [message] = hooks.at('/dev') as [ReceivedRequest];
    expect(new Webhook(secret).verify(message.body, message.headers)).toMatchObject({
      type: 'alert.opened',
      data: { rule: 'tag-reused' },
    });
    await until(() => listening.out().includes('alert.opened → 204'));
    listening.child.kill('SIGINT');
    expect((await listening.ended).code).toBe(0);
    const again = start(forward, home);
    await until(() => again.out().includes('whsec_'));
    expect(again.out()).toContain(secret);
    again.child.kill('SIGINT');
    await again.ended;
    expect(statSync(join(home, '.adit', 'forward.secret')).mode & 0o777).toBe(0o600);
  });

  it('brings about an alert of a rule on a ledger of its own, and says when nobody takes it', async () => {
    const forwarder = new ForwardAlerts(`${hooks.base}/sandbox`, stableSecret(join(home, 'sandbox.secret')));
    const answers: object[] = [];
    const forward = async ({ id, alert }: StreamedAlert): Promise<void> =>
      void answers.push(await forwarder.forward(id, alert));
    await triggerAlert('site-outside-polygon', forward, openTestStage);
    expect(answers.at(-1)).toEqual({ type: 'alert.opened', answer: '204', good: true });
    expect(JSON.parse(hooks.at('/sandbox').at(-1)?.body ?? '{}')).toMatchObject({
      data: { rule: 'site-outside-polygon' },
    });
    const unknown = await run('alerts', 'trigger', 'no-such-rule');
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('tag-reused') });
  });

  it('tampers with a ledger of its own where a rule is about the record', async () => {
    hooks.answer('/closed', (response) => void response.writeHead(500).end());
    const broken = await run('alerts', 'trigger', 'record-event-altered', '--forward-to', `${hooks.base}/closed`);
    expect(broken).toMatchObject({
      code: 1,
      out: expect.stringMatching(/record-event-altered[^]*alert\.opened → 500/),
    });
  });

  it('subscribes, tries out, lists, renews, sends again and ends', async () => {
    const at = ['--server', service.url];
    const made = await run(
      'subscribe',
      'webhook',
      `${hooks.base}/hook`,
      '--site',
      'hill',
      '--json',
      '--label',
      'desk',
      ...at,
    );
    expect(made.code).toBe(0);
    const { id, secret, filters } = JSON.parse(made.out) as { id: string; secret: string; filters: object };
    expect({ secret, filters }).toEqual({ secret: expect.stringMatching(/^whsec_/), filters: { sites: ['hill'] } });
    expect(await run('subscribe', 'test', id, ...at)).toMatchObject({
      code: 0,
      out: expect.stringContaining('arrived (204)'),
    });
    hooks.answer('/hook', (response) => void response.writeHead(503).end());
    expect(await run('subscribe', 'test', id, ...at)).toMatchObject({
      code: 1,
      out: expect.stringContaining('did not arrive (503)'),
    });
    hooks.answer('/hook', (response) => void response.writeHead(204).end());
    expect((await run('subscribe', 'list', ...at)).out).toContain(
      `${id.slice(0, 8)}  webhook  ${hooks.base}/hook  on  desk\n  only site hill\n`,
    );
    expect((await run('subscribe', 'rotate', id.slice(0, 8), ...at)).out).toContain(
      'new secret, shown this once: whsec_',
    );
    await twice('SYN-2');
    await until(() => hooks.at('/hook').some(({ body }) => body.includes('tag-reused')));
    const since = new Date(Date.now() - 3_600_000).toISOString();
    expect(await run('subscribe', 'redeliver', id, '--since', since, ...at)).toMatchObject({ code: 0 });
    await until(() => hooks.at('/hook').filter(({ body }) => body.includes('"alert.opened"')).length >= 2);
    expect(await run('subscribe', 'end', 'ffffffff', ...at)).toMatchObject({
      code: 1,
      err: expect.stringContaining('adit subscribe list'),
    });
    expect((await run('subscribe', 'end', id.slice(0, 8), ...at)).out).toBe(
      `Ended: nothing more is sent to ${hooks.base}/hook.\n`,
    );
    expect((await run('subscribe', 'list', ...at)).out).toContain('Nobody has subscribed.');
    expect((await run('subscribe', 'webhook', 'ftp://example.org', ...at)).code).toBe(1);
    expect((await run('subscribe', 'webhook', `${hooks.base}/x`, '--quiet', 'nights', ...at)).code).toBe(2);
  });

  it('subscribes to a lot by its tag, its number or the beginning of its id', async () => {
    const output = {
      mineral: 'gold',
      form: 'dore',
      mass: { value: '0.9', uom: 'KGM' },
      tags: ['SYN-G'],
      lotNumber: 'G-1',
    };
    const { lots } = await coop.must('lot.declared', { place: { site: 'hill' }, outputs: [output] });
    const [lot = ''] = lots;
    const at = ['--server', service.url];
    for (const name of ['SYN-G', 'G-1', lot.slice(0, 8), lot]) {
      const made = await run('subscribe', 'webhook', `${hooks.base}/lot`, '--lot', name, '--json', ...at);
      const { id, filters } = JSON.parse(made.out) as { id: string; filters: object };
      expect([name, filters]).toEqual([name, { lots: [lot] }]);
      expect((await run('subscribe', 'end', id, ...at)).code).toBe(0);
    }
    const unknown = await run('subscribe', 'webhook', `${hooks.base}/lot`, '--lot', 'SYN-X', ...at);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('No lot is called SYN-X') });
  });

  it('lists what is open, by the filters of a subscription', async () => {
    await twice('SYN-3');
    const at = ['alerts', '--server', service.url];
    const listed = await until(async () => {
      const { out } = await run(...at, '--group', 'tags', '--holder', 'coop');
      return out.includes('SYN-3') ? out : undefined;
    });
    expect(listed).toContain('tag-reused');
    expect((await run(...at, '--minimum-severity', 'critical', '--country', 'PE')).out).toContain('No alert is open.');
    expect(await run(...at, '--minimum-severity', 'grim')).toMatchObject({
      code: 2,
      err: expect.stringContaining('low, medium, high, critical'),
    });
  });
});
