import { Injectable } from '@nestjs/common';
import type { OperationData, ShownSetting } from '../../../web/operation/operation-page.js';
import { MachineKeys } from '../../access/machine-keys.js';
import { Config, settingsList } from '../../config/config.js';
import { redactedConfig } from '../../config/show-config.js';
import { HealthRegistry } from '../../http/health.js';
import { ReadLot } from '../../provenance/read-lot.js';
import { QueuedJobs } from '../../queue/queued-jobs.js';
import { ListAudits } from '../../verification/audit/list-audits.js';

/** Audits that the page shows at most, and keys that it shows; their list has the others. */
const AUDITS = 10;
const KEYS = 100;

/** Gathers what the operator sees of the service: nothing of trade. */
@Injectable()
export class TellOperation {
  constructor(
    private readonly health: HealthRegistry,
    private readonly audits: ListAudits,
    private readonly jobs: QueuedJobs,
    private readonly keys: MachineKeys,
    private readonly lots: ReadLot,
  ) {}

  async tell(config: Config): Promise<Omit<OperationData, 'people' | 'grants'>> {
    const [readiness, audits, queues, failures, keys, { size, verified }] = await Promise.all([
      this.health.readiness(),
      this.audits.newest(AUDITS),
      this.jobs.states(),
      this.jobs.failures(),
      this.keys.list({ limit: KEYS }),
      this.lots.asOf(),
    ]);
    const shown = { readiness, size, judged: verified, audits, queues, failures, keys };
    return { ...shown, settings: settingsOf(config) };
  }
}

const textOf = (value: string | number | boolean | null | undefined): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value ?? '');

function settingsOf(config: Config): ShownSetting[] {
  const values = redactedConfig(config);
  return settingsList.map(({ name, meaning, default: standard }) => {
    const value = textOf(values[name]);
    return { name, meaning, value, isDefault: value === (standard ?? '') };
  });
}
