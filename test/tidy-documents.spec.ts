import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bannedPhrasings } from './support/banned-phrasings.js';
import { filesUnder, read, root } from './support/project-files.js';

const documents = [...filesUnder('docs', '.md'), 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];

/** Parts of documents that a test compares with texts of the code, and that may have banned phrasings until those change. */
const comparedParts: Readonly<Record<string, RegExp>> = {
  // Texts of the rules.
  'docs/rules.md': /[^]+/g,
  // Reasons in `auditedTables`.
  'docs/threat-model.md': /^\| `\w+` \| excluded: .*$/gm,
};
/** Replaces all characters but line ends, so that the others keep their places. */
const blank = (text: string): string => text.replaceAll(/[^\n]/g, '·');
/** Banned phrasings in the prose of a document, each with its line; code and output are not prose. */
const bannedInProse = (text: string, compared = /(?!)/g): string[] => {
  const prose = text
    .replaceAll(compared, blank)
    .replaceAll(/^ *```[^]*?^ *```/gm, blank)
    .replaceAll(/`[^`]*`/g, blank)
    .replaceAll('\n', ' ');
  return bannedPhrasings
    .flatMap((phrasing) => [...prose.matchAll(new RegExp(phrasing, 'gi'))])
    .toSorted((a, b) => a.index - b.index)
    .map(({ 0: phrase, index }) => `${text.slice(0, index).split('\n').length}: ${phrase}`);
};

/** The anchors that GitHub gives to the headings of a document. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the documents', () => {
  it('uses no banned phrasing in documents', () => {
    expect(bannedInProse('# Log\n\n`told` is code.\n\n```sh\ntell a\n```\n\nIt is told by who\nsends it.')).toEqual([
      '9: told',
      '9: who sends',
    ]);
    const files = [...documents, ...filesUnder('docs', '.yml')];
    const found = files.flatMap((path) =>
      bannedInProse(read(path), comparedParts[path]).map((phrase) => `${path}:${phrase}`),
    );
    expect(found).toEqual([]);
    // Each exception is still needed.
    for (const path of Object.keys(comparedParts)) expect([path, ...bannedInProse(read(path))]).not.toEqual([path]);
  });

  it('names only files and folders that exist', () => {
    const files = ['src', 'test', 'bench', 'migrations', 'scripts', 'docs', 'examples'].flatMap((folder) =>
      filesUnder(folder, ''),
    );
    const exists = (name: string): boolean =>
      files.some((file) => file === name || file.endsWith(`/${name}`)) ||
      [name, `${name}.ts`].some((path) => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined);
    const named = /`((?:src|test|bench|migrations|scripts|docs|examples)\/[\w./-]+|[\w/-]+(?:\.[\w-]+)*\.(?:ts|mjs))`/g;
    const missing = documents.flatMap((path) =>
      [...read(path).matchAll(named)].flatMap(([, name = '']) => (exists(name) ? [] : [`${path} → ${name}`])),
    );
    expect(missing).toEqual([]);
  });

  it('links only to what exists', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(
        ([link, file = '', anchor]) => {
          const to = file === '' ? path : join(dirname(path), file);
          if (statSync(join(root, to), { throwIfNoEntry: false }) === undefined) return [`${path} → ${link}`];
          return anchor === undefined || anchorsOf(read(to)).includes(anchor) ? [] : [`${path} → ${link}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });
});
