import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module, type Type } from '@nestjs/common';
import { featureModules } from '../src/server/boot/features.js';

/** What a module is made of, in one of the ways in which Nest takes it. */
type Part = Type | { provide: unknown; inject?: unknown[] };

const SERVER = 'src/server';
/** The two modules that are made from arguments: what a process has before Nest starts, and its features. */
const MADE = ['boot/app.module.ts', 'boot/context.module.ts'];

/** Finds what a module is that is more than a list of its parts. */
const beyondList = (text: string): string[] =>
  [...text.matchAll(/@Global\(|\bglobal: |class \w+Module (?!\{\}).*/g)].map(([found]) => found);

const partsOf = <T>(module: Type, kind: string): T[] => (Reflect.getMetadata(kind, module) as T[] | undefined) ?? [];
const tokenOf = (part: Part): unknown => (typeof part === 'function' ? part : part.provide);
const nameOf = (token: unknown): string => (typeof token === 'function' ? token.name : String(token));

/** Lists what a part is given by its constructor, its factory or its properties. */
function wantedBy(part: Part): unknown[] {
  if (typeof part !== 'function') return part.inject ?? [];
  const named = partsOf<{ index: number; param: unknown }>(part, 'self:paramtypes');
  const given = partsOf<unknown>(part, 'design:paramtypes');
  return [
    ...given.map((type, i) => named.find(({ index }) => index === i)?.param ?? type),
    ...partsOf<{ type: unknown }>(part, 'self:properties_metadata').map(({ type }) => type),
    ...Object.values(Object.getOwnPropertyDescriptors(part.prototype)).flatMap(({ value }) =>
      typeof value === 'function' ? partsOf<Type>(value as Type, '__interceptors__').flatMap(wantedBy) : [],
    ),
  ];
}

/** Compares what the parts of modules want with what their modules import. */
function importFaults(roots: readonly Type[]): string[] {
  const all = new Set<Type>();
  const collect = (module: Type): void => {
    if (typeof module !== 'function' || all.has(module)) return;
    all.add(module);
    partsOf<Type>(module, 'imports').forEach(collect);
  };
  roots.forEach(collect);
  const provided = new Set([...all].flatMap((module) => partsOf<Part>(module, 'providers').map(tokenOf)));
  return [...all].flatMap((module) => {
    const own = partsOf<Part>(module, 'providers');
    const imports = partsOf<Type>(module, 'imports').filter((one) => typeof one === 'function');
    const wanted = new Set([...own, ...partsOf<Part>(module, 'controllers')].flatMap(wantedBy));
    const exported = (one: Type): unknown[] => partsOf(one, 'exports');
    const visible = new Set([...own.map(tokenOf), ...imports.flatMap(exported)]);
    return [
      ...[...wanted]
        .filter((token) => provided.has(token) && !visible.has(token))
        .map((token) => `lacks ${nameOf(token)}`),
      ...imports
        .filter((one) => exported(one).length > 0 && !exported(one).some((token) => wanted.has(token)))
        .map((one) => `does not use ${one.name}`),
    ].map((fault) => `${module.name} ${fault}`);
  });
}

describe('the modules of the server', () => {
  it('are lists of their parts: not global, without a base class, flags or code', () => {
    const files = readdirSync(SERVER, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.module.ts'),
    );
    expect(files.length).toBeGreaterThan(15);
    const faults = files
      .filter((path) => !MADE.includes(path))
      .flatMap((path) => beyondList(readFileSync(join(SERVER, path), 'utf8')).map((found) => `${path}: ${found}`));
    expect(faults).toEqual([]);
    const planted = [
      '@Global()\nexport class AModule {}',
      'class AModule extends BModule {}',
      'class AModule {\n  static',
    ];
    expect(planted.map((text) => beyondList(text).length)).toEqual([1, 1, 1]);
  });

  it('import what their parts use, and nothing else', () => {
    expect(importFaults(featureModules({ role: 'all' }) as Type[])).toEqual([]);
    @Injectable()
    class Given {}
    @Injectable()
    class User {
      constructor(@Inject(Given) readonly given: Given) {}
    }
    @Module({ providers: [Given], exports: [Given] })
    class GivenModule {}
    @Module({ imports: [GivenModule] })
    class IdleModule {}
    @Module({ providers: [User] })
    class UserModule {}
    expect(importFaults([GivenModule, IdleModule, UserModule])).toEqual([
      'IdleModule does not use GivenModule',
      'UserModule lacks Given',
    ]);
  });
});
