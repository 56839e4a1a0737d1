#!/usr/bin/env node
import { newestBundle } from './bundle.js';

const bundle = newestBundle();
const { run } = bundle === null ? await import('./run.js') : ((await import(bundle)) as typeof import('./run.js'));
await run(process.argv);
