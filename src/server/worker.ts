import { run } from './main.js';

// Starts the worker role of the service: it runs jobs and serves only /livez, /readyz and /metrics.
await run('worker');
