import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import openapiTS, { type OpenAPI3, astToString } from 'openapi-typescript';
import ts from 'typescript';
import { get } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

/** Members that the generator itself writes as `name?: never`, where an operation or a path has none of them. */
const MARKERS = new Set(
  'parameters requestBody query header path cookie content get put post delete options head patch trace'.split(' '),
);
/** Types at the top of each client whose members are `never` where the document has none of a kind. */
const EMPTY = new Set(['webhooks', 'components', '$defs']);

const FILE = 'client.ts';

async function lint(document: unknown): Promise<string[]> {
  // A path that redirects has no answer of 2xx; test/server/openapi.spec.ts demands one of 2xx or 3xx of every path.
  const config = await createConfig({ extends: ['recommended'], rules: { 'operation-2xx-response': 'off' } });
  const source = JSON.stringify(document);
  const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
  return problems.map(({ ruleId, location, message }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`);
}

const clientOf = async (document: unknown): Promise<string> =>
  astToString(await openapiTS(structuredClone(document) as OpenAPI3));

/** Returns what the compiler reports about a client, in strict mode. */
function faultsOf(client: string): string[] {
  const options: ts.CompilerOptions = { strict: true, noEmit: true, types: [], lib: ['lib.es5.d.ts'] };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target) =>
    name === FILE ? ts.createSourceFile(name, client, target, true) : read(name, target);
  const program = ts.createProgram([FILE], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** Returns where a client has `never`, which no value can have; the markers of the generator apart. */
function neversIn(client: string): string[] {
  const file = ts.createSourceFile(FILE, client, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const isMarker = ({ parent }: ts.Node): boolean =>
    ts.isPropertySignature(parent) && parent.questionToken !== undefined && MARKERS.has(parent.name.getText(file));
  const isEmpty = ({ parent: { parent } }: ts.Node): boolean =>
    (ts.isInterfaceDeclaration(parent) || ts.isTypeAliasDeclaration(parent)) && EMPTY.has(parent.name.text);
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.NeverKeyword && !isMarker(node) && !isEmpty(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push(`${line + 1}: ${node.parent.getText(file).slice(0, 80)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('the description of the API, read by tools of others', () => {
  let service: TestServer;
  let document: Record<string, unknown> & { paths: Record<string, unknown> };

  beforeAll(async () => {
    service = await startTestServer();
    document = (await get(service.url, '/openapi.json')).body as typeof document;
  });

  afterAll(async () => {
    await service.close();
  });

  it('is free of faults by the recommended rules of Redocly', async () => {
    expect(await lint(document)).toEqual([]);
    const unserved = await lint({ ...document, servers: [] });
    expect(unserved).toEqual(['no-empty-servers #/servers: Servers must be a non-empty array.']);
  });

  it('makes a client in TypeScript that compiles, and whose every answer has a type', async () => {
    const client = await clientOf(document);
    expect(Object.keys(document.paths).filter((path) => !client.includes(`"${path}": {`))).toEqual([]);
    expect(faultsOf(client)).toEqual([]);
    expect(neversIn(client)).toEqual([]);
  });

  it('finds what no value can have, and what does not compile', async () => {
    const answer = (schema: object) => {
      const responses = { 200: { description: 'a', content: { 'application/json': { schema } } } };
      const paths = { '/a': { get: { operationId: 'a', responses } } };
      return { openapi: '3.1.0', info: { title: 'a', version: '1' }, paths };
    };
    expect(neversIn(await clientOf(answer({ type: 'object', additionalProperties: false })))).toHaveLength(1);
    expect(neversIn(await clientOf(answer({ type: 'object', properties: { id: { enum: [] } } })))).toHaveLength(1);
    expect(neversIn(await clientOf(answer({ type: 'string' })))).toEqual([]);
    expect(faultsOf('export type A = Missing;')).toEqual(["Cannot find name 'Missing'."]);
  });
});
