import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const controllers = readdirSync('src/server', { withFileTypes: true, recursive: true })
  .filter(({ name }) => name.endsWith('.controller.ts'))
  .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));

const ROUTE = /\n(?= {2}@(?:Get|Post|Put|Patch|Delete|Sse|All)\()/;
/** A declared answer: `standardSchema`, `schema` for what is no JSON, or no content. */
const ANSWER = /@Api(?:NoContentResponse\(|\w*Response\(\{[^@]*?\b(?:standardSchema|schema):)/;

/** Returns the routes of a controller's text that do not declare their answer, and what hides routes from OpenAPI. */
const undeclaredIn = (text: string): string[] => [
  ...(text.match(/@ApiExclude\w+\(/g) ?? []),
  ...text
    .split(ROUTE)
    .slice(1)
    .filter((handler) => !ANSWER.test(handler))
    .map((handler) => handler.split('\n', 1)[0]?.trim() ?? ''),
];

describe('the routes', () => {
  it('declare their answers', () => {
    expect(controllers.flatMap((text) => text.split(ROUTE).slice(1)).length).toBeGreaterThan(50);
    expect(controllers.flatMap(undeclaredIn)).toEqual([]);
  });

  it('are found where they do not', () => {
    const [text = ''] = controllers.filter((one) => one.includes("@Controller('v1/alerts')"));
    const route = "\n  @Get('x')\n  @ApiOperation({ summary: 'x' })\n  x(): void {}\n";
    expect(undeclaredIn(`@ApiExcludeController()\n${text}${route}`)).toEqual(['@ApiExcludeController(', "@Get('x')"]);
  });
});
