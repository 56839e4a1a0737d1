import { isAbsolute, relative } from 'node:path';
import type { Config } from './config.js';
import { hostnameOf, isEveryAddress } from './config-values.js';

/**
 * Returns warnings about valid but unsafe settings, such as keys or the guard in a folder that a copied backup would
 * restore too.
 */
export function configWarnings(config: Config): string[] {
  const inside = (file: string): boolean => {
    const way = relative(config.dataDir, file);
    return !way.startsWith('..') && !isAbsolute(way);
  };
  const files = {
    ADIT_LOG_KEY_FILE: config.logKeyFile,
    ADIT_SERVICE_KEY_FILE: config.serviceKeyFile,
    ADIT_SECRET_FILE: config.secretFile,
    ADIT_OPERATOR_TOKEN_FILE: config.operatorTokenFile,
    ADIT_GUARD_FILE: config.guardFile,
  };
  const warnings = Object.entries(files)
    .filter(([, file]) => inside(file))
    .map(
      ([name]) =>
        `${name} lies in ADIT_DATA_DIR: a copied folder would restore it too, and an older log could be signed again`,
    );
  if (config.access === 'open')
    warnings.push('ADIT_ACCESS=open: every program on this machine sees and changes everything in this ledger');
  if (isEveryAddress(hostnameOf(config.publicUrl)))
    warnings.push(
      `HOST is ${config.host} and ADIT_PUBLIC_URL is not set: people and programs can sign in by the address of this machine alone, and no name; links for share and sign-in lead nowhere. Set ADIT_PUBLIC_URL to the URL by which this service is called`,
    );
  if (config.webhookPrivateTargets)
    warnings.push('webhooks may reach private addresses (ADIT_WEBHOOK_PRIVATE_TARGETS=on)');
  return [...warnings, ...config.environmentWarnings];
}
