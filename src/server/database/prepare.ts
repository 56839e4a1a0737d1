import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import pg from 'pg';
import { APPLICATION_ROLE, READER_ROLE } from './pools.js';
import { requireSession } from './require-session.js';
import { DatabaseBusyError, takeTurn } from './take-turn.js';

export interface PreparedDatabase {
  /** Login of the service; it may append but not alter. */
  appUrl: string;
  /** Login of migrations; it owns the tables. */
  ownerUrl: string;
}

/** Group role that owns the tables; migrations run as this role. */
export const OWNER_ROLE = 'ledger_owner';

const DATABASE = 'adit';
const OWNER_LOGIN = 'adit_owner';
const APP_LOGIN = 'adit_app';
/** Advisory lock that serialises processes which prepare one server. */
export const PREPARE_LOCK = 4_147_120_017;

interface Passwords {
  owner: string;
  app: string;
}

/**
 * Creates missing roles, logins and the database `adit` on the embedded server; stores the logins' random passwords in
 * `passwordsFile`, mode 0600.
 */
export async function prepareDatabase(superuserUrl: string, passwordsFile: string): Promise<PreparedDatabase> {
  const passwords = await keptPasswords(passwordsFile);
  await inTurn(superuserUrl, async (client) => {
    await createGroups(client);
    await createLogin(client, OWNER_LOGIN, passwords.owner, OWNER_ROLE);
    await createLogin(client, APP_LOGIN, passwords.app, APPLICATION_ROLE);
    await grantGroup(client, READER_ROLE, APP_LOGIN);
  });
  // PostgreSQL creates databases only outside transactions; the folder's lock already serialises processes here
  // (data-folder-lock.ts).
  await withClient(superuserUrl, (client) => createDatabase(client, DATABASE));
  return {
    appUrl: loginUrl(superuserUrl, APP_LOGIN, passwords.app, DATABASE),
    ownerUrl: loginUrl(superuserUrl, OWNER_LOGIN, passwords.owner, DATABASE),
  };
}

/**
 * Makes the group roles on a server that the operator gave, or finds them there, and lets both logins act as theirs.
 * Throws with the statements to run where the owner's login may not do this, and `PooledConnectionError` where the server is
 * behind a pooler that gives no sessions. @param limit wait for another process, ms.
 */
export async function prepareGivenDatabase(
  url: string,
  givenOwnerUrl: string | null,
  limit?: number,
): Promise<PreparedDatabase> {
  const ownerUrl = givenOwnerUrl ?? url;
  for (const each of new Set([url, ownerUrl])) await requireSession(each);
  const appLogin = await withClient(url, loginOf);
  try {
    await inTurn(
      ownerUrl,
      async (client) => {
        await createGroups(client);
        await grantGroup(client, OWNER_ROLE, await loginOf(client));
        await grantGroup(client, APPLICATION_ROLE, appLogin);
        await grantGroup(client, READER_ROLE, appLogin);
        if (!(await answers(client, `SELECT has_schema_privilege($1, 'public', 'CREATE')`, [OWNER_ROLE])))
          await client.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${OWNER_ROLE}`);
      },
      limit,
    );
  } catch (cause) {
    if (cause instanceof DatabaseBusyError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The database could not be prepared (${reason}). Set DATABASE_OWNER_URL to a login that may create roles, or let ` +
        `an administrator run once: CREATE ROLE ${OWNER_ROLE}; CREATE ROLE ${APPLICATION_ROLE}; CREATE ROLE ${READER_ROLE}; GRANT ${OWNER_ROLE} TO the owner's ` +
        `login; GRANT ${APPLICATION_ROLE}, ${READER_ROLE} TO ${appLogin}; GRANT USAGE, CREATE ON SCHEMA public TO ${OWNER_ROLE};`,
      { cause },
    );
  }
  return { appUrl: url, ownerUrl };
}

/** Returns the logins that `prepareDatabase` created on the embedded server, at this port; null before that. */
export async function preparedLogins(port: number, passwordsFile: string): Promise<PreparedDatabase | null> {
  const kept = await readFile(passwordsFile, 'utf8').catch(() => null);
  if (kept === null) return null;
  const { owner, app } = JSON.parse(kept) as Passwords;
  const server = `postgres://127.0.0.1:${port}`;
  return {
    appUrl: loginUrl(server, APP_LOGIN, app, DATABASE),
    ownerUrl: loginUrl(server, OWNER_LOGIN, owner, DATABASE),
  };
}

/** Creates a database in the locale that orders text by code point, owned by `ledger_owner`; keeps an existing one. */
export async function createDatabase(client: pg.Client, name: string): Promise<void> {
  if (await answers(client, 'SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)', [name])) return;
  await client.query(
    `CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${OWNER_ROLE} TEMPLATE template0 ENCODING 'UTF8'
       LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`,
  );
}

async function createGroups(client: pg.Client): Promise<void> {
  for (const role of [OWNER_ROLE, APPLICATION_ROLE, READER_ROLE])
    if (!(await roleExists(client, role))) await client.query(`CREATE ROLE ${role} NOLOGIN`);
}

async function createLogin(client: pg.Client, login: string, password: string, group: string): Promise<void> {
  const verb = (await roleExists(client, login)) ? 'ALTER' : 'CREATE';
  await client.query(`${verb} ROLE ${login} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  await grantGroup(client, group, login);
}

async function grantGroup(client: pg.Client, group: string, login: string): Promise<void> {
  if (await answers(client, `SELECT pg_has_role($1, $2, 'SET')`, [login, group])) return;
  await client.query(`GRANT ${group} TO ${pg.escapeIdentifier(login)}`);
}

const roleExists = (client: pg.Client, role: string): Promise<boolean> =>
  answers(client, 'SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)', [role]);

async function answers(client: pg.Client, question: string, values: string[]): Promise<boolean> {
  const { rows } = await client.query<boolean[]>({ text: question, values, rowMode: 'array' });
  return rows[0]?.[0] === true;
}

/** Returns the login of a connection, whatever role its URL sets. */
async function loginOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('SELECT session_user::text AS name');
  return rows[0]?.name ?? '';
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'adit prepare' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs `work` in one transaction while no other process prepares the same database. */
const inTurn = <T>(url: string, work: (client: pg.Client) => Promise<T>, limit?: number): Promise<T> =>
  withClient(url, async (client) => {
    await client.query('BEGIN');
    await takeTurn((sql, values) => client.query(sql, values), PREPARE_LOCK, limit);
    const done = await work(client);
    await client.query('COMMIT');
    return done;
  });

async function keptPasswords(file: string): Promise<Passwords> {
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return JSON.parse(kept) as Passwords;
  const fresh = { owner: randomBytes(24).toString('base64url'), app: randomBytes(24).toString('base64url') };
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, JSON.stringify(fresh), { mode: 0o600 });
  await rename(part, file);
  return fresh;
}

/** Returns `url` with another login and database. */
function loginUrl(url: string, login: string, password: string, database: string): string {
  const other = new URL(url);
  other.username = encodeURIComponent(login);
  other.password = encodeURIComponent(password);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}
