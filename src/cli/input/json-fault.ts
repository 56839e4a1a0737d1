/** Place and reason of a syntax error in JSON. */
export interface JsonFault {
  line: number;
  column: number;
  why: string;
}

class Fault extends Error {
  constructor(
    readonly at: number,
    readonly why: string,
  ) {
    super(why);
  }
}

/** Finds the first syntax error of a JSON text (RFC 8259); null if there is none. */
export function findJsonFault(text: string): JsonFault | null {
  try {
    new Reader(text).document();
    return null;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, error.at);
    const line = before.split('\n').length;
    return { line, column: error.at - before.lastIndexOf('\n'), why: error.why };
  }
}

const LITERAL = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![A-Za-z0-9_.])/y;
const STRING = new RegExp(String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"`, 'y');
/** Typographic quotes, by which word processors replace the plain one. */
const CURLY = /[\u201c\u201d\u2018\u2019\u00ab\u00bb]/;
const MAX_DEPTH = 200;

class Reader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.value();
    this.space();
    if (this.at < this.text.length) throw new Fault(this.at, 'something follows after the end of the document');
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at += 1;
    if (this.text.startsWith('//', this.at) || this.text.startsWith('/*', this.at))
      throw new Fault(this.at, 'JSON has no comments');
  }

  private value(): void {
    this.space();
    const next = this.text[this.at];
    if (next === undefined) throw new Fault(this.at, 'the text ends too early');
    if (next === '{') return this.list('}', () => this.member());
    if (next === '[') return this.list(']', () => this.value());
    if (next === '"') return this.string();
    LITERAL.lastIndex = this.at;
    const literal = LITERAL.exec(this.text);
    if (literal === null) throw new Fault(this.at, this.unexpected(next));
    this.at = LITERAL.lastIndex;
    if (/^ ?,[0-9]/.test(this.text.slice(this.at)) && /^-?[0-9]+$/.test(literal[0]) && !this.inList)
      throw new Fault(this.at, 'a decimal has a point, and stands in quotes: "48.6"');
  }

  private inList = false;

  private unexpected(next: string): string {
    if (CURLY.test(next) || next === "'") return 'texts stand in plain double quotes: "…"';
    if (next === ',') return 'there is a comma too many';
    if (next === '}' || next === ']') return `there is a ${next} where a value should be`;
    return 'a text stands in double quotes, and a number is written as 48 or "48.6"';
  }

  private string(): void {
    STRING.lastIndex = this.at;
    if (STRING.exec(this.text) === null)
      throw new Fault(this.at, 'this text is not closed by a double quote, or holds a line break or a wrong escape');
    this.at = STRING.lastIndex;
  }

  private member(): void {
    if (this.text[this.at] !== '"') throw new Fault(this.at, 'a name in double quotes should stand here');
    this.string();
    this.space();
    if (this.text[this.at] !== ':') throw new Fault(this.at, 'a colon should follow the name');
    this.at += 1;
    this.value();
  }

  private list(end: '}' | ']', item: () => void): void {
    if ((this.depth += 1) > MAX_DEPTH) throw new Fault(this.at, 'it is nested too deeply');
    const outer = this.inList;
    this.inList = end === ']';
    const start = this.at;
    this.at += 1;
    this.space();
    if (this.text[this.at] === end) this.at += 1;
    else this.items(end, item, start);
    this.inList = outer;
    this.depth -= 1;
  }

  private items(end: '}' | ']', item: () => void, start: number): void {
    for (;;) {
      this.space();
      item();
      this.space();
      const next = this.text[this.at];
      if (next === end) break;
      if (next === undefined) throw new Fault(start, `this ${end === '}' ? '{' : '['} is never closed`);
      if (next !== ',') throw new Fault(this.at, `a comma or ${end} should stand here`);
      const comma = this.at;
      this.at += 1;
      this.space();
      if (this.text[this.at] === end) throw new Fault(comma, `there is a comma before ${end}; take it out`);
    }
    this.at += 1;
  }
}
