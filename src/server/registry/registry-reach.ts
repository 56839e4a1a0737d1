import { hasScope } from '../../core/access/viewer.js';
import type { Queryable } from '../database/rows.js';
import { viewerNow } from '../http/viewing.js';

/** Which part of the registry a viewer sees. */
export interface RegistryReach {
  all: boolean;
  /** Sees itself and its sites. */
  actor: string | null;
  /** Sees everything of this country. */
  country: string | null;
}

/**
 * Returns which part of the registry the viewer sees: a registrar and an authority that of their country, the root
 * registrar and an administrator all, any other actor itself.
 */
export async function registryReach(db: Queryable): Promise<RegistryReach> {
  const viewer = viewerNow();
  if (viewer.kind !== 'actor') return { all: hasScope(viewer, 'admin'), actor: null, country: null };
  const { rows } = await db.query<{ roles: string[]; country: string | null }>(
    'SELECT roles, country FROM actors WHERE id = $1 AND NOT suspended',
    [viewer.actor],
  );
  const { roles, country } = rows[0] ?? { roles: [], country: null };
  const supervises = roles.includes('registrar') || roles.includes('authority');
  return {
    all: roles.includes('registrar') && country === null,
    actor: viewer.actor,
    country: supervises ? country : null,
  };
}
