import { run } from './main.js';

// The worker role of the same service: it takes jobs, and answers /livez, /readyz and /metrics alone.
await run('worker');
