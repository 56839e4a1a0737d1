import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Context, type Module, SourceTextModule, createContext } from 'node:vm';

/** All of the web that the core may use, beside the language itself. */
const web = { TextEncoder, TextDecoder, URL, atob, btoa, structuredClone, crypto: globalThis.crypto };

interface Manifest {
  name: string;
  exports?: Exports;
  module?: string;
  main?: string;
}
type Exports = string | null | { [condition: string]: Exports };

/**
 * A realm in which nothing of Node exists: no globals but those of the web, and modules that import each other and the
 * browser's build of the libraries. A module of Node's own is refused, wherever it is asked for.
 */
export class WebRealm {
  private readonly context: Context;
  private readonly modules = new Map<string, SourceTextModule>();

  /** @param replaced globals that this realm has in place of the usual ones. */
  constructor(replaced: Record<string, unknown> = {}) {
    this.context = createContext({ ...web, ...replaced });
  }

  /** Every module that was loaded, as a path. */
  get loaded(): string[] {
    return [...this.modules.keys()];
  }

  /** Evaluates a module of the text given, as if it stood at an address; gives what it exports. */
  async run(text: string, at: URL): Promise<Record<string, unknown>> {
    const module = this.module(fileURLToPath(at), text);
    await module.link((specifier, from) => this.linked(specifier, from.identifier));
    await module.evaluate();
    return module.namespace as Record<string, unknown>;
  }

  private linked(specifier: string, from: string): Module {
    const path = specifier.startsWith('.')
      ? fileURLToPath(new URL(specifier, pathToFileURL(from)))
      : inPackage(specifier, from);
    return this.modules.get(path) ?? this.module(path, readFileSync(path, 'utf8'));
  }

  private module(path: string, text: string): SourceTextModule {
    const module = new SourceTextModule(text, {
      context: this.context,
      identifier: path,
      importModuleDynamically: (specifier: string) => {
        throw new Error(`${path} imports ${specifier} while it runs.`);
      },
    });
    this.modules.set(path, module);
    return module;
  }
}

/** The file that a browser's bundler takes for a specifier. Throws for what is in no package: Node's own modules are not. */
function inPackage(specifier: string, from: string): string {
  const parts = specifier.split('/');
  const name = parts.splice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  for (let folder = dirname(from); folder !== dirname(folder); folder = dirname(folder)) {
    const home = join(folder, 'node_modules', name);
    let manifest: Manifest;
    try {
      manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest;
    } catch {
      continue;
    }
    const wanted = ['.', ...parts].join('/');
    const file = chosen(subpath(manifest, wanted));
    if (file !== null) return join(home, file);
  }
  throw new Error(`${from} imports ${specifier}, which no browser has.`);
}

function subpath({ exports, module, main }: Manifest, wanted: string): Exports {
  if (exports === undefined) return wanted === '.' ? (module ?? main ?? null) : wanted;
  if (typeof exports === 'string' || exports === null) return wanted === '.' ? exports : null;
  return exports[wanted] ?? (wanted === '.' && !('.' in exports) ? exports : null);
}

/** By the conditions that a browser's bundler sets, in the order of the manifest. */
function chosen(entry: Exports): string | null {
  if (entry === null || typeof entry === 'string') return entry;
  for (const [condition, next] of Object.entries(entry))
    if (['browser', 'import', 'default'].includes(condition)) {
      const file = chosen(next);
      if (file !== null) return file;
    }
  return null;
}
