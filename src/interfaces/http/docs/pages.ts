/** The pages for people: the documentation, and one for each problem. One file each, nothing from elsewhere, scripts and styles by their hash. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestHandler } from 'express';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { inWords } from '../names.ts';
import { type Problem, problem, problemCodes, sendProblem } from '../problems.ts';

const asset = (name: string): string => readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
/** In the order in which they need each other: as one script they have no more to import. */
const scripts = ['dom.js', 'schema-form.js', 'session.js', 'operation.js', 'events.js', 'app.js'];
const joined = (): string =>
  scripts
    .map((name) =>
      asset(name)
        .replaceAll(/^import [^;]*;$/gm, '')
        .replaceAll(/^export /gm, ''),
    )
    .join('\n');

const sourceOf = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;
const policyOf = (style: string, script?: string): string =>
  [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    `style-src ${sourceOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`, "connect-src 'self'"]),
  ].join('; ');

const sendHtml =
  (html: string, policy: string): RequestHandler =>
  (_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Cache-Control', 'no-cache');
    response.end(html);
  };

/** `/docs`: browse, fill in, send, see the answer. */
export const documentationPage = (): RequestHandler => {
  const [style, script] = [asset('page.css'), joined()];
  // By function: a replacement text would give `$&` in the script a meaning of its own.
  const html = asset('page.html')
    .replace('/*STYLE*/', () => style)
    .replace('/*SCRIPT*/', () => script);
  return sendHtml(html, policyOf(style, script));
};

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (unit) => escapes[unit] ?? unit);
const withCode = (text: string): string => escaped(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');

export type ProblemPage = { readonly code: string; readonly status: number; readonly title: string; readonly docs: string };

/** What each code means: the interface's own, and every refusal that a command declares with the commands that may give it. */
export const problemPages = (model: readonly AnyAggregate[]): ReadonlyMap<string, ProblemPage> => {
  const pages = new Map<string, ProblemPage>();
  const refusedBy = new Map<string, string[]>();
  for (const { commands } of model) {
    for (const [type, { rejects, internal }] of Object.entries(commands)) {
      if (internal === true) continue;
      for (const code of rejects) refusedBy.set(code, [...(refusedBy.get(code) ?? []), type]);
    }
  }
  for (const [code, types] of refusedBy) {
    const docs = `The domain refuses, because what is asked for would break one of its rules: the \`detail\` of the answer says it in a sentence, \`details\` holds the facts. Nothing was changed. It may be the answer to ${types.map((type) => `\`${type}\``).join(', ')}.`;
    pages.set(code, { code, status: 409, title: inWords(code), docs });
  }
  for (const [code, known] of Object.entries(problemCodes)) pages.set(code, { code, ...known });
  return pages;
};

/** The refusals of unique values (`unitNumberTaken`): any kind of claim may give its own. */
const takenPage = (code: string): ProblemPage | undefined =>
  /^[a-z][A-Za-z]{1,60}Taken$/.test(code)
    ? { code, status: 409, title: inWords(code), docs: 'Such a value may be held by one at a time, and another holds it. Nothing was changed.' }
    : undefined;

const frame = (title: string, body: string, style: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title><style>${style}</style></head><body>${body}</body></html>`;
const style = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:10vh auto;padding:0 1.5rem}code{font-family:ui-monospace,monospace;font-size:.9em}h1{letter-spacing:-.02em;line-height:1.2;margin-bottom:.2em}.status{opacity:.65}a{color:inherit}li{margin:.25em 0}`;

const pageOf = ({ code, status, title, docs }: ProblemPage): string =>
  frame(
    title,
    `<p class="status"><code>${status}</code> · <code>${escaped(code)}</code></p><h1>${escaped(title)}</h1><p>${withCode(docs)}</p><p><a href="/problems">All problems</a> · <a href="/docs">Documentation</a></p>`,
    style,
  );

/** `/problems` */
export const problemIndex = (pages: ReadonlyMap<string, ProblemPage>): RequestHandler => {
  const items = [...pages.values()].sort((a, b) => a.status - b.status || (a.code < b.code ? -1 : 1));
  const list = items
    .map(
      ({ code, status, title }) => `<li><code>${status}</code> <a href="/problems/${escaped(code)}">${escaped(title)}</a> <code>${escaped(code)}</code></li>`,
    )
    .join('');
  return sendHtml(frame('Problems', `<h1>Problems</h1><ul>${list}</ul><p><a href="/docs">Documentation</a></p>`, style), policyOf(style));
};

/** `/problems/{code}` */
export const problemPage =
  (pages: ReadonlyMap<string, ProblemPage>): RequestHandler =>
  (request, response, next) => {
    const code = String(request.params['code']);
    const page = pages.get(code) ?? takenPage(code);
    const missing: Problem = problem('not-found', 'There is no such problem.');
    if (page === undefined) return sendProblem(request, response, missing);
    return sendHtml(pageOf(page), policyOf(style))(request, response, next);
  };

/** A document that is made once, when it is first asked for: a start does not wait for it. */
export const sendDocument = (make: () => object): RequestHandler => {
  let made: { readonly body: string; readonly etag: string } | undefined;
  return (request, response) => {
    made ??= printed(make());
    response.setHeader('ETag', made.etag);
    response.setHeader('Cache-Control', 'no-cache');
    if (request.headers['if-none-match'] === made.etag) {
      response.status(304).end();
      return;
    }
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(made.body);
  };
};

const printed = (document: object): { readonly body: string; readonly etag: string } => {
  const body = JSON.stringify(document);
  return { body, etag: `"${hash('sha256', body, 'base64url').slice(0, 20)}"` };
};
