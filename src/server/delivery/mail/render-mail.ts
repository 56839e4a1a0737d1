import type { Say } from '../words/index.js';

/** Characters in a subject at most; mail programs show far fewer. */
const SUBJECT_LIMIT = 200;
/** Characters of any other text at most, because events may contain texts of any length. */
const TEXT_LIMIT = 1_000;

/** A mail ready to send. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** A labelled line; `english` marks the ledger's own text in a mail of another language. */
export interface Fact {
  label: string;
  value: string;
  english?: boolean;
}

export interface Link {
  label: string;
  url: string;
}

/** A part of a mail. The text and the HTML are rendered from the same parts, so both contain the same. */
export type Part =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'facts'; facts: readonly Fact[] }
  | { kind: 'list'; label: string; items: readonly string[]; more: string | null }
  | { kind: 'command'; text: string }
  | { kind: 'links'; links: readonly Link[] }
  | { kind: 'footer'; lines: readonly string[] };

/** A mail before it is rendered as text and HTML; no text is escaped or cut yet. */
export interface Letter {
  subject: string;
  title: string;
  /** Word above the title and its colour; the colour adds no information. */
  badge: { word: string; colour: string } | null;
  parts: readonly Part[];
}

/** Control characters, line ends, invisible characters, and those that change the direction of text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Returns the text as one line of limited length, without characters that hide or reorder the text around it. */
function oneLine(text: string, limit: number = TEXT_LIMIT): string {
  const line = text.replace(UNSEEN, ' ').trim();
  if (line.length <= limit) return line;
  // Drops half of a surrogate pair at the cut.
  return `${line.slice(0, limit - 1).replace(/\p{Cs}$/u, '')}…`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Returns the URL if a mail may contain it: http or https, without credentials; else null. */
export function webAddress(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
  return plain ? url.href : null;
}

const shown = (links: readonly Link[]): Link[] =>
  links.flatMap(({ label, url }) => {
    const address = webAddress(url);
    return address === null ? [] : [{ label, url: address }];
  });

export function renderMail(letter: Letter, say: Say): Mail {
  return {
    subject: oneLine(letter.subject, SUBJECT_LIMIT),
    text: renderText(letter, say),
    html: renderHtml(letter, say),
  };
}

function renderText({ title, badge, parts }: Letter, say: Say): string {
  const colon = say.word('colon');
  const sections = parts.map((part) => textOf(part, colon)).filter((section) => section !== '');
  const head = badge === null ? oneLine(title) : `${oneLine(title)}\n[${oneLine(badge.word)}]`;
  return `${[head, ...sections].join('\n\n')}\n`;
}

function textOf(part: Part, colon: string): string {
  switch (part.kind) {
    case 'heading':
      return `== ${oneLine(part.text)} ==`;
    case 'paragraph':
      return oneLine(part.text);
    case 'facts':
      return part.facts.map(({ label, value }) => `${oneLine(label)}${colon}${oneLine(value)}`).join('\n');
    case 'list': {
      const items = [...part.items, ...(part.more === null ? [] : [part.more])];
      return [`${oneLine(part.label)}${colon.trimEnd()}`, ...items.map((item) => `  - ${oneLine(item)}`)].join('\n');
    }
    case 'command':
      return `    ${oneLine(part.text)}`;
    case 'links':
      return shown(part.links)
        .map(({ label, url }) => `${oneLine(label)}${colon.trimEnd()}\n${url}`)
        .join('\n');
  }
  return part.lines.map((line) => oneLine(line)).join('\n');
}

const STYLE = {
  body: 'margin:0;padding:16px;background:#ffffff;color:#1f2430;font:16px/1.5 sans-serif',
  main: 'max-width:640px;margin:0 auto',
  badge: 'display:inline-block;margin:0;padding:2px 10px;border-radius:4px;color:#ffffff;font-weight:bold',
  h1: 'margin:8px 0 12px;font-size:22px;line-height:1.3',
  h2: 'margin:24px 0 8px;font-size:17px;line-height:1.3',
  th: 'padding:2px 12px 2px 0;text-align:left;vertical-align:top;font-weight:bold',
  td: 'padding:2px 0;vertical-align:top;overflow-wrap:anywhere',
  item: 'overflow-wrap:anywhere',
  code: 'padding:8px 12px;background:#f0f2f5;white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 monospace',
  footer: 'margin-top:24px;padding-top:8px;border-top:1px solid #c9ced6;color:#4b5563;font-size:14px',
};

/** Renders HTML without images, scripts and style sheets, so that opening the mail sends no request. */
function renderHtml({ subject, title, badge, parts }: Letter, say: Say): string {
  const mark = badge === null ? '' : `<p style="${STYLE.badge};background:${badge.colour}">${escaped(badge.word)}</p>`;
  return [
    '<!doctype html>',
    `<html lang="${say.language}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(oneLine(subject, SUBJECT_LIMIT))}</title></head>`,
    `<body style="${STYLE.body}"><main style="${STYLE.main}">`,
    mark,
    `<h1 style="${STYLE.h1}">${escaped(title)}</h1>`,
    ...parts.map((part) => htmlOf(part, say)),
    '</main></body></html>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function htmlOf(part: Part, say: Say): string {
  switch (part.kind) {
    case 'heading':
      return `<h2 style="${STYLE.h2}">${escaped(part.text)}</h2>`;
    case 'paragraph':
      return `<p>${escaped(part.text)}</p>`;
    case 'facts':
      return ['<table>', ...part.facts.map((fact) => row(fact, say)), '</table>'].join('\n');
    case 'list': {
      const items = [...part.items, ...(part.more === null ? [] : [part.more])];
      const lines = items.map((item) => `<li style="${STYLE.item}">${escaped(item)}</li>`).join('');
      return `<h2 style="${STYLE.h2}">${escaped(part.label)}</h2><ul>${lines}</ul>`;
    }
    case 'command':
      return `<pre style="${STYLE.code}"><code>${escaped(part.text)}</code></pre>`;
    case 'links': {
      const links = shown(part.links).map(({ label, url }) => `<a href="${attribute(url)}">${escaped(label)}</a>`);
      return links.length === 0 ? '' : `<p>${links.join('<br>')}</p>`;
    }
  }
  return `<div style="${STYLE.footer}">${part.lines.map((line) => `<p>${escaped(line)}</p>`).join('')}</div>`;
}

/** A URL is never cut, because a part of it leads to another page. */
const attribute = (url: string): string => url.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

function row({ label, value, english }: Fact, say: Say): string {
  const language = english === true && say.language !== 'en' ? ' lang="en"' : '';
  return `<tr><th scope="row" style="${STYLE.th}">${escaped(label)}</th><td${language} style="${STYLE.td}">${escaped(value)}</td></tr>`;
}
