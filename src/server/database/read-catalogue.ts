import { createHash } from 'node:crypto';
import type { Queryable } from './rows.js';

/** Objects of the schema by name, such as `trigger findings.swallow`, each with its definition as text. */
export type Catalogue = ReadonlyMap<string, string>;

/** Excludes objects that belong to an extension. */
const notOfExtension = (oid: string, catalogue: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = '${catalogue}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;

/** The owner of the tables may have another name on each server. */
const OWNER = `(SELECT relowner FROM pg_class WHERE oid = to_regclass('public.entries'))`;
const ownerOf = (owner: string): string =>
  `CASE WHEN ${owner} = ${OWNER} THEN 'the owner' ELSE pg_get_userbyid(${owner}) END`;

/**
 * Selects the rights of roles other than the owner. MAINTAIN is left out, because it changes no row and older servers
 * lack it.
 */
const grantsOf = (acl: string, owner: string, kind: string): string => `
  (SELECT string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END || ' ' || a.privilege_type
                       || CASE WHEN a.is_grantable THEN ' grantable' ELSE '' END, ', ' ORDER BY 1)
     FROM (SELECT DISTINCT grantee, privilege_type, is_grantable
             FROM aclexplode(COALESCE(${acl}, acldefault('${kind}', ${owner})))) AS a
    WHERE a.grantee <> ${owner} AND a.privilege_type <> 'MAINTAIN')`;

const RELATIONS = `pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  AND ${notOfExtension('c.oid', 'pg_class')}`;
const OF_TABLE = `t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND ${notOfExtension('t.oid', 'pg_class')}`;

/** One query for each kind of object, which returns names and definitions. */
const QUERIES = [
  `SELECT 'table ' || c.relname AS name,
          concat_ws('; ', c.relkind, c.relpersistence, 'owned by ' || ${ownerOf('c.relowner')},
            CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
            c.reloptions::text, pg_get_expr(c.relpartbound, c.oid),
            (SELECT 'inherited by ' || string_agg(i.inhrelid::regclass::text, ', ' ORDER BY i.inhrelid::regclass::text)
               FROM pg_inherits AS i WHERE i.inhparent = c.oid),
            (SELECT 'keys not enforced: ' || count(*) FROM pg_trigger AS g
              WHERE g.tgrelid = c.oid AND g.tgisinternal AND g.tgenabled <> 'O' HAVING count(*) > 0),
            CASE WHEN c.relkind = 'S' THEN (SELECT concat_ws(' ', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcycle)
                                              FROM pg_sequence WHERE seqrelid = c.oid) END) AS text
     FROM ${RELATIONS}`,
  `SELECT 'grants on ' || c.relname AS name,
          concat_ws('; ', CASE WHEN c.relkind = 'S' THEN ${grantsOf('c.relacl', 'c.relowner', 's')}
                               ELSE ${grantsOf('c.relacl', 'c.relowner', 'r')} END,
            (SELECT string_agg(a.attname || ': ' || ${grantsOf('a.attacl', 'c.relowner', 'c')}, '; ' ORDER BY a.attname)
               FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped)) AS text
     FROM ${RELATIONS}`,
  `SELECT 'columns of ' || t.relname AS name,
          string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
            nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''), a.attstorage,
            CASE WHEN a.attcollation <> 0 THEN a.attcollation::regcollation END, pg_get_expr(d.adbin, d.adrelid)), '; ' ORDER BY a.attname) AS text
     FROM pg_class AS t JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE ${OF_TABLE} GROUP BY t.relname`,
  `SELECT 'constraint ' || t.relname || '.' || k.conname AS name,
          concat_ws('; ', pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN 'not validated' END) AS text
     FROM pg_constraint AS k JOIN pg_class AS t ON t.oid = k.conrelid WHERE k.contype <> 'n' AND ${OF_TABLE}`,
  `SELECT 'index ' || t.relname || '.' || i.relname AS name,
          concat_ws('; ', pg_get_indexdef(i.oid), CASE WHEN NOT (x.indisvalid AND x.indisready AND x.indislive) THEN 'not in use' END) AS text
     FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid WHERE ${OF_TABLE}`,
  `SELECT 'trigger ' || t.relname || '.' || g.tgname AS name, concat_ws('; ', pg_get_triggerdef(g.oid),
            CASE g.tgenabled WHEN 'O' THEN NULL WHEN 'D' THEN 'disabled' ELSE 'enabled ' || g.tgenabled::text END) AS text
     FROM pg_trigger AS g JOIN pg_class AS t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND ${OF_TABLE}`,
  `SELECT 'rule ' || t.relname || '.' || w.rulename AS name, concat_ws('; ', pg_get_ruledef(w.oid), w.ev_enabled) AS text
     FROM pg_rewrite AS w JOIN pg_class AS t ON t.oid = w.ev_class WHERE ${OF_TABLE}`,
  `SELECT 'policy ' || t.relname || '.' || p.polname AS name,
          concat_ws('; ', p.polcmd, p.polpermissive, ARRAY(SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role) END
                                                             FROM unnest(p.polroles) AS role ORDER BY 1)::text,
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) AS text
     FROM pg_policy AS p JOIN pg_class AS t ON t.oid = p.polrelid WHERE ${OF_TABLE}`,
  `SELECT 'function ' || f.oid::regprocedure AS name,
          concat_ws('; ', 'owned by ' || ${ownerOf('f.proowner')}, ${grantsOf('f.proacl', 'f.proowner', 'f')},
            CASE WHEN f.prokind IN ('f', 'p') THEN pg_get_functiondef(f.oid) ELSE f.prokind::text END) AS text
     FROM pg_proc AS f WHERE f.pronamespace = 'public'::regnamespace AND ${notOfExtension('f.oid', 'pg_proc')}`,
  `SELECT 'type ' || y.typname AS name, concat_ws('; ', y.typtype, format_type(y.typbasetype, y.typtypmod),
            (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = y.oid)) AS text
     FROM pg_type AS y WHERE y.typnamespace = 'public'::regnamespace AND y.typtype IN ('e', 'd', 'r') AND ${notOfExtension('y.oid', 'pg_type')}`,
  `SELECT 'operator ' || o.oid::regoperator AS name, o.oprcode::regprocedure::text AS text
     FROM pg_operator AS o WHERE o.oprnamespace = 'public'::regnamespace AND ${notOfExtension('o.oid', 'pg_operator')}`,
  `SELECT 'role ' || r.rolname AS name,
          concat_ws('; ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolbypassrls THEN 'passes row security' END,
            CASE WHEN r.rolcreaterole THEN 'makes roles' END, CASE WHEN r.rolreplication THEN 'replicates' END,
            (SELECT 'member of ' || string_agg(pg_get_userbyid(m.roleid), ', ' ORDER BY 1) FROM pg_auth_members AS m WHERE m.member = r.oid)) AS text
     FROM pg_roles AS r WHERE r.rolname IN ('ledger_app', 'ledger_reader')`,
  // These settings of the server, database or role can disable triggers or hide rows; the search path is set by each
  // session.
  `SELECT 'setting ' || name AS name, current_setting(name) AS text
     FROM unnest(ARRAY['session_replication_role', 'row_security']) AS name`,
];

/** Reads the definitions of all objects of the ledger's schema from the database. */
export async function readCatalogue(db: Queryable): Promise<Catalogue> {
  const found = new Map<string, string>();
  for (const query of QUERIES) {
    const { rows } = await db.query<{ name: string; text: string | null }>(query);
    for (const { name, text } of rows) found.set(name, text ?? '');
  }
  return found;
}

/** Returns the first 16 hexadecimal digits of the SHA-256 of a definition, which `migrations/catalogue.ts` contains. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
