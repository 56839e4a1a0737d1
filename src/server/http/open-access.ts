import { NOBODY, type Viewer } from '../../core/access/viewer.js';
import { Identify } from './viewing.js';

/** Distinguishes no viewers: for a service on loopback with `ADIT_ACCESS=open`. */
export class OpenAccess extends Identify {
  viewerOf(): Promise<Viewer> {
    return Promise.resolve({ kind: 'everyone' });
  }
}

/** Recognises no viewer: for a process without the feature that does. */
export class PublicOnly extends Identify {
  viewerOf(): Promise<Viewer> {
    return Promise.resolve(NOBODY);
  }
}
