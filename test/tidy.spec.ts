import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalogueOf } from '../migrations/catalogue.js';
import { errorCodes } from '../src/core/errors.js';
import { recordRuleIds } from '../src/core/rules/engine/facts.js';
import { rulesDocument } from '../src/core/rules/engine/document.js';
import { type CatalogueRule, ruleById, rules } from '../src/core/rules/index.js';
import { ruleFailed } from '../src/core/rules/engine/rule-failed.js';
import { bannedPhrasings } from './support/banned-phrasings.js';
import { filesUnder, read, root } from './support/project-files.js';

const sources = ['src', 'migrations', 'test', 'bench'].flatMap((folder) => [
  ...filesUnder(folder, '.ts'),
  ...filesUnder(folder, '.tsx'),
]);

function importsOf(path: string): string[] {
  return [...read(path).matchAll(/^(?:import|export)\s[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'/gms)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
}

/** The file that a relative import names, from the project's root. */
const target = (path: string, specifier: string): string =>
  relative(root, resolve(root, dirname(path), specifier)).replace(/\.js$/, '.ts');

const featureLine = ['registry', 'ledger', 'transparency', 'verification', 'alerts', 'delivery'];
const readers = ['provenance', 'access', 'exchange'];
const ground = ['config', 'http', 'database', 'queue', 'journal'];

const stored = 'a row that the service wrote itself; audits compare it with the log';
const own = 'a file of this program, that nobody else writes and nothing is verified by';
/** Files that read JSON without the strict grammar, each with the reason. */
const looseReaders: Readonly<Record<string, string>> = {
  'src/cli/alerts/trigger-alert.ts': 'examples that come with the program',
  'src/cli/input/read-file.ts': "a scenario of the user's own; its coordinates have decimals",
  'src/cli/program.ts': 'package.json of the program',
  'src/server/backup/read-backup.ts': 'rows that are used only once the end of the file has authenticated them',
  'src/server/backup/write-backup.ts': stored,
  'src/platform/postgres/data-folder-lock.ts': own,
  'src/platform/postgres/postgres-binaries.ts': 'the list of links of an installed package',
  'src/server/database/prepare.ts': own,
  'src/server/alerts/alert-sight.ts': stored,
  'src/server/delivery/compose-body.ts': stored,
  'src/server/delivery/mail/deliver-mail.ts': stored,
  'src/server/delivery/list-deliveries.ts': stored,
  'src/server/delivery/trace-delivery.ts': stored,
  'src/server/http/ndjson.ts': 'the wrapping of events: each is a string in it, whose own text is read strictly',
  'src/server/ledger/key-ring.ts': 'opened by the key of the service: nobody else can have made it',
  'src/server/web/built-files.ts': own,
  'src/web/islands/check.ts': 'texts that the page came with',
  'src/server/ledger/read/reread-event.ts': 'an event that was read strictly before',
  'src/server/config/rule-parameters.ts': "a file of the operator's own; thresholds may have decimals",
  'src/server/verification/audit/tree/read-seen.ts': stored,
};

/** Why `from` may not import `to`, or null. */
function trespass(from: string, to: string): string | null {
  const room = (path: string): string => path.split('/')[1] ?? '';
  const feature = (path: string): string => (path.split('/').length > 3 ? (path.split('/')[2] ?? '') : '');
  if (!to.startsWith('src/') || !from.startsWith('src/')) return null;
  if (room(from) === 'core' && room(to) !== 'core') return 'core imports core only';
  if (room(from) === 'client' && !['core', 'client'].includes(room(to))) return 'client imports core';
  if (room(from) === 'cli' && room(to) === 'server' && !['src/server/operator.ts', 'src/server/serve.ts'].includes(to))
    return 'cli enters by the operator, and by serve';
  if (room(from) === 'platform' && !['core', 'platform'].includes(room(to))) return 'platform imports core';
  if (room(from) === 'web') return ['core', 'client', 'web'].includes(room(to)) ? null : 'web imports core and client';
  if (room(to) === 'web') return from.startsWith('src/server/web/') ? null : 'only the pages of the server import web';
  if (room(from) === 'server' && !['core', 'platform', 'server'].includes(room(to)))
    return 'server imports core and platform';
  if (room(to) === 'cli' && room(from) !== 'cli') return 'nobody imports cli';
  if (room(from) !== 'server' || room(to) !== 'server') return null;
  const [here, there] = [feature(from), feature(to)];
  if (ground.includes(here) && [...featureLine, ...readers].includes(there)) return `${here} knows no feature`;
  if (featureLine.includes(here) && readers.includes(there)) return `${here} does not know ${there}`;
  if (featureLine.includes(here) && featureLine.indexOf(there) > featureLine.indexOf(here))
    return 'features import only those before them';
  if (there === 'monitor' && here !== 'monitor' && here !== '') return 'only the operator opens a monitor';
  if (there === 'web') return ['web', 'boot'].includes(here) ? null : 'only the start of a process knows the pages';
  if (readers.includes(here) && !['registry', 'ledger', 'transparency', here, '', ...ground].includes(there))
    return `${here} reads registry, ledger and transparency`;
  return null;
}

const faultKinds = 'kinds of faults that an audit finds';
const example = 'an example';
/** Files that name rules which are not theirs, each with the reason. */
const ruleNamers: Readonly<Record<string, string>> = {
  'src/core/rules/index.ts': 'the index, and the rules that must decide',
  'src/core/rules/engine/facts.ts': faultKinds,
  'src/server/verification/audit/audit-faults.ts': faultKinds,
  'src/server/verification/audit/audit-projection-faults.ts': faultKinds,
  'src/server/verification/audit/tree/audit-tree-faults.ts': faultKinds,
  'src/server/verification/audit/damage.ts': faultKinds,
  'src/cli/commands/operate/backup.ts': 'what an audit of a restored backup must find',
  'src/cli/alerts/trigger-alert.ts': example,
  'src/server/http/description/example-of-schema.ts': example,
  'src/web/stories/samples.ts': example,
};
/** Parameters that several rules read, each with the file that declares it. */
const sharedParameters: Readonly<Record<string, string>> = {
  personCaps: 'src/core/rules/people/caps.ts',
  duplicateRecord: 'src/core/rules/engine/closed-duplicates.ts',
  moistureAtMost: 'src/core/rules/mass/mass-balance.ts',
};
const declarations = (name: string): string[] => [`${name}: z.`, `${name}: parameter.`];
type RuleInFile = Pick<CatalogueRule, 'id' | 'title' | 'means' | 'advice'> & Partial<Pick<CatalogueRule, 'parameters'>>;

/** What is not in the file of its rule, and what of a rule is in another file. */
function rulesInPieces(all: readonly RuleInFile[], files: ReadonlyMap<string, string>): string[] {
  const bare = [...files].map(([path, text]) => ({
    path,
    text: commentsOf(text).reduce((rest, comment) => rest.replace(comment, ''), text),
  }));
  return all.flatMap(({ id, title, means, advice, parameters = {} }) => {
    const home = bare.find(({ path }) => path.startsWith('src/core/rules/') && path.endsWith(`/${id}.ts`));
    const lacks = [`id: '${id}'`, title, means, advice].filter((text) => home?.text.includes(text) !== true);
    const misplaced = bare.flatMap(({ path, text }) => {
      if (path === home?.path) return [];
      const names = !(id in errorCodes) && !(path in ruleNamers) && text.includes(`'${id}'`);
      const explains = text.includes(means) || text.includes(advice);
      const declares = Object.keys(parameters).filter(
        (name) =>
          // `record` is a usual word.
          name !== 'record' &&
          path !== sharedParameters[name] &&
          declarations(name).some((start) => text.includes(start)),
      );
      return [
        ...(names ? [`${path} names ${id}`] : []),
        ...(explains ? [`${path} explains ${id}`] : []),
        ...declares.map((name) => `${path} declares ${name}`),
      ];
    });
    return [...lacks.map((text) => `${id} lacks: ${text}`), ...misplaced];
  });
}

/** Runbooks that begin with something else than a finding. */
const otherRunbooks = [
  'audit-late',
  'deliveries-late',
  'log-halted',
  'primary-lost',
  'replica-unused',
  'verification-behind',
  'webhook-endpoint-disabled',
  'witnesses-behind',
];
const runbookHeadings = [
  'What is seen',
  'What it means, and what it does not',
  'First five minutes',
  'How to repair it',
  'How to know that it is over',
  'Whom to notify',
];
/** Metrics named in full: where a pattern follows, or an underscore ends it, it is the beginning of several. */
const metricsIn = (path: string): string[] =>
  [...read(path).matchAll(/\b(adit_[a-z_]*[a-z])(?![a-z_(])/g)].map((match) =>
    (match[1] ?? '').replace(/_(count|sum|bucket)$/, ''),
  );

/** Folders whose comments are free of banned phrasings. */
const cleanFolders = ['src', 'migrations', 'bench'];
const commentsOf = (text: string): string[] => text.match(/\/\*[^]*?\*\/|(?<![^\s])\/\/ .*$/gm) ?? [];
/** Banned phrasings in the comments of a source text, each with its line. */
const bannedIn = (text: string): string[] =>
  commentsOf(text).flatMap((comment) => {
    const plain = comment.replaceAll(/\n\s*\*/g, '');
    const found = bannedPhrasings.flatMap((phrasing) => phrasing.exec(plain)?.[0] ?? []);
    return found.map((phrase) => `${text.slice(0, text.indexOf(comment)).split('\n').length}: ${phrase}`);
  });

/** Names each class whose constructor has more than five parameters, with their number. */
function longConstructors(text: string): string[] {
  return [...text.matchAll(/ constructor\(/g)].flatMap(({ index, 0: { length } }) => {
    let depth = 1;
    let count = 0;
    let isEmpty = true;
    for (let at = index + length; depth > 0 && at < text.length; at += 1) {
      const character = text[at] ?? '';
      if (text.startsWith('/*', at)) at = text.indexOf('*/', at) + 1;
      else if ('([{<'.includes(character)) depth += 1;
      else if (')]}'.includes(character) || (character === '>' && text[at - 1] !== '=')) depth -= 1;
      else if (character === ',' && depth === 1) isEmpty = true;
      else if (isEmpty && /\S/.test(character)) {
        count += 1;
        isEmpty = false;
      }
    }
    const name = [...text.slice(0, index).matchAll(/class (\w+)/g)].at(-1)?.[1] ?? '';
    return count > 5 ? [`${name} takes ${count}`] : [];
  });
}

describe('the house', () => {
  it('lets each room import only what it may', () => {
    const found = sources.flatMap((path) =>
      importsOf(path)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => ({ path, to: target(path, specifier), why: trespass(path, target(path, specifier)) }))
        .filter(({ why }) => why !== null),
    );
    expect(found).toEqual([]);
  });

  it('keeps the core free of everything but its four libraries', () => {
    const allowed = /^(\.|zod$|jose$|@noble\/(hashes|curves)\/)/;
    const found = filesUnder('src/core', '.ts').flatMap((path) =>
      importsOf(path)
        .filter((specifier) => !allowed.test(specifier))
        .map((specifier) => `${path}: ${specifier}`),
    );
    expect(found).toEqual([]);
  });

  it('verifies signatures in one place for each runtime', () => {
    const primitive =
      /\b(ed25519|p256|schnorr)\.verify\b|subtle\.verify\b|\b(flattened|compact|general|jwt)Verify\b|crypto_sign_verify|createVerify\b|import \{[^}]*\bverify\b[^}]*\} from '(node:)?crypto'|\bcrypto\.verify\b/;
    expect(
      filesUnder('src', '.ts')
        .filter((path) => primitive.test(read(path)))
        .toSorted(),
    ).toEqual([
      'src/core/event/keys.ts',
      'src/core/signature/web-crypto.ts',
      'src/platform/ed25519.ts',
      'src/platform/verify-signature.ts',
    ]);
  });

  it('reads JSON from outside by the one strict reader, and by another only for a reason', () => {
    const found = filesUnder('src', '.ts').filter(
      (path) => path !== 'src/core/event/grammar.ts' && /JSON\.parse\(|\.json\(\)/.test(read(path)),
    );
    expect(found.toSorted()).toEqual(Object.keys(looseReaders).toSorted());
  });

  it('reads the environment in one file of the service and one of the command line', () => {
    const found = filesUnder('src', '.ts').filter((path) => /process\.env\b/.test(read(path)));
    expect(found.toSorted()).toEqual(['src/cli/environment.ts', 'src/server/config/config.ts']);
  });

  it('has no file over 400 lines and no room for leftovers', () => {
    expect(sources.filter((path) => read(path).split('\n').length > 401)).toEqual([]);
    const leftovers = /\/(utils?|common|shared|helpers?|services|dto|interfaces|constants)\//;
    expect(sources.filter((path) => leftovers.test(path))).toEqual([]);
    expect(readdirSync(root).filter((name) => /\.([cm]?[jt]s|py|sh|sql)$/.test(name))).toEqual(['jest.config.js']);
  });

  it('has no folder with more than 25 files but that of the event types, of which each is one', () => {
    const counts = new Map<string, number>();
    for (const path of filesUnder('src', '')) {
      const folder = path.split('/').slice(0, -1).join('/');
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].flatMap(([folder, count]) => (count > 25 ? [folder] : []))).toEqual(['src/core/event/types']);
  });

  it('gives no constructor more than five arguments', () => {
    expect(sources.filter((path) => path.startsWith('src/')).flatMap((path) => longConstructors(read(path)))).toEqual(
      [],
    );
    const six = 'class Long {\n  constructor(a: A<B, C>, b: () => void, c = { d: 1, e: 2 }, f: F, g: G, h: H) {}\n}';
    expect(longConstructors(six)).toEqual(['Long takes 6']);
    expect(longConstructors(six.replace(', h: H', ''))).toEqual([]);
  });

  it('uses no banned phrasing in comments', () => {
    expect(bannedIn('const a = 1;\n/** Is told\n * by whoever asks. */\nconst told = 2; // what fell')).toEqual([
      '2: told',
      '2: whoever',
      '4: what fell',
    ]);
    const files = cleanFolders.flatMap((folder) => filesUnder(folder, '.ts'));
    expect(files.flatMap((path) => bannedIn(read(path)).map((found) => `${path}:${found}`))).toEqual([]);
  });

  it('takes no key object from the generator of Node, which can wait for ever', () => {
    const takes = sources.filter((path) => /generateKeyPair[S(]/.test(read(path)));
    expect(takes).toEqual(['test/support/key-pair.ts']);
  });

  it('never lets TypeORM change the schema by itself', () => {
    expect(filesUnder('src', '.ts').filter((path) => /(synchronize|dropSchema):\s*true/.test(read(path)))).toEqual([]);
  });

  it('gives every error code its page', () => {
    const page = read('docs/errors.md');
    expect(Object.keys(errorCodes).filter((code) => !page.includes(`\n## ${code}\n`))).toEqual([]);
  });

  it('keeps the catalogue of the newest migration: after adding one, run "npm run catalogue"', () => {
    const newest =
      filesUnder('migrations', '.ts')
        .toSorted()
        .filter((path) => /\/\d{4}-/.test(path))
        .at(-1) ?? '';
    const [, number = ''] = /\/(\d{4})-/.exec(newest) ?? [];
    expect(catalogueOf.slice(-4)).toBe(number);
  });

  it('documents the rules as they are', () => {
    expect(read('docs/rules.md')).toBe(rulesDocument());
    expect(rules.length).toBeGreaterThan(0);
    for (const { advice } of [...rules, ruleFailed])
      expect(read('docs/rules.md')).toContain(`**What to do**: ${advice}\n`);
  });

  it('has each rule in one file', () => {
    const files = new Map(filesUnder('src', '.ts').map((path) => [path, read(path)]));
    expect(rulesInPieces([...rules, ruleFailed], files)).toEqual([]);
    const late = ruleById.get('late-entry') as CatalogueRule;
    const file = 'src/core/rules/custody/late-entry.ts';
    const planted = new Map([
      [file, read(file).replace(late.advice, '')],
      [
        'src/planted.ts',
        `const advice = { 'late-entry': '${late.advice}' }; const s = { lateEntry: z.strictObject({}) };`,
      ],
    ]);
    expect(rulesInPieces([late], planted)).toEqual([
      `late-entry lacks: ${late.advice}`,
      'src/planted.ts names late-entry',
      'src/planted.ts explains late-entry',
      'src/planted.ts declares lateEntry',
    ]);
  });

  it('has a runbook for each alert that the operator gets', () => {
    const wanted = [...recordRuleIds, ruleFailed.id, ...otherRunbooks].map((name) => `docs/runbooks/${name}.md`);
    expect(filesUnder('docs/runbooks', '.md').toSorted()).toEqual([...wanted, 'docs/runbooks/README.md'].toSorted());
    const index = read('docs/runbooks/README.md');
    expect(wanted.filter((path) => !index.includes(`](${path.slice('docs/runbooks/'.length)})`))).toEqual([]);
    const headings = (path: string): string[] => [...read(path).matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? '');
    for (const path of wanted) expect([path, ...headings(path)]).toEqual([path, ...runbookHeadings]);
  });

  it('alerts by metrics that there are, each with its runbook', () => {
    const text = read('docs/runbooks/alerts.yml');
    const alerts = text.match(/^ +- alert: /gm)?.length ?? 0;
    const named = [...text.matchAll(/^ +runbook: '?([^'\n]+)'?$/gm)].map((match) => match[1] ?? '');
    expect(alerts).toBeGreaterThan(0);
    expect(named).toHaveLength(alerts);
    const files = named.filter((path) => path !== 'docs/runbooks/{{ $labels.rule }}.md');
    expect(files.filter((path) => statSync(join(root, path), { throwIfNoEntry: false }) === undefined)).toEqual([]);
    const code = filesUnder('src', '.ts').map(read).join('\n');
    const metrics = ['.md', '.yml'].flatMap((ending) => filesUnder('docs/runbooks', ending)).flatMap(metricsIn);
    const unknown = metrics.filter((name) => !code.includes(`name: '${name}'`));
    expect(unknown).toEqual([]);
  });

  it('gives every dependency its reason', () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    const reasons = read('docs/dependencies.md');
    const all = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    );
    expect(all.filter(([name]) => !reasons.includes(`| \`${name}\` |`)).map(([name]) => name)).toEqual([]);
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
