import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian, and others, put Chromium. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const place = PLACES.find((path) => existsSync(path));

/** Why there is no browser to test in; null where there is one. */
export const noBrowser: string | null =
  place === undefined ? `no Chromium at ${PLACES.join(', ')}: apt-get install chromium` : null;

/** Starts the Chromium of the system. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: place ?? '', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
