import { run } from '../../src/server/main.js';

// What `src/server/main.js` does where node was told to run it; that file cannot say so of itself in a bundle.
await run();
