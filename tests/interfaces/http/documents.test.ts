import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readModels } from '../../../projections/read-models.ts';
import { model } from '../../../src/domain/model.ts';
import { Validator } from '../../../src/infrastructure/validation/validator.ts';
import { asyncApiDocument } from '../../../src/interfaces/http/docs/asyncapi.ts';
import { exampleOf } from '../../../src/interfaces/http/docs/examples.ts';
import { openApiDocument } from '../../../src/interfaces/http/docs/openapi.ts';
import { problemPages } from '../../../src/interfaces/http/docs/pages.ts';
import { sampleOf } from '../../../src/interfaces/http/docs/pattern-sample.ts';
import { problemCodes } from '../../../src/interfaces/http/problems.ts';
import { type Api, startApi } from './kit/api.ts';
import { eventIndex } from './kit/memory-queries.ts';
import { testModel } from './kit/model.ts';

const require = createRequire(import.meta.url);
const run = promisify(execFile);
const documented = {
  model,
  queries: readModels.flatMap(({ queries }) => queries),
  eventIndex,
  version: '1.0.0',
  publicUrl: 'https://api.leasing.test',
  publicReports: {},
};
const validator = new Validator();

let api: Api;
let folder = '';
beforeAll(async () => {
  api = await startApi();
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
});
afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true });
});

describe('/openapi.json', () => {
  test('is valid OpenAPI 3.1 by Redocly’s recommended rules, without a warning, for the whole model', async () => {
    const path = join(folder, 'openapi.json');
    await writeFile(path, JSON.stringify(openApiDocument(documented)));
    const cli = require.resolve('@redocly/cli/package.json').replace('package.json', 'bin/cli.js');
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { stdout } = await run(process.execPath, [cli, 'lint', path, '--extends=recommended', '--format=json', '--max-problems=20'], {
      cwd: folder,
      env,
      maxBuffer: 1e8,
    });
    const report = JSON.parse(stdout.slice(stdout.indexOf('{')));
    expect(report.problems.map(({ ruleId, message }: { readonly ruleId: string; readonly message: string }) => `${ruleId}: ${message}`)).toEqual([]);
    expect(report.totals).toMatchObject({ errors: 0, warnings: 0 });
  });

  test('names every command of the model but the internal ones, with its permission and its refusals', () => {
    const { paths } = openApiDocument(documented) as { readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>> };
    const operations = Object.values(paths).flatMap((item) => Object.values(item)) as readonly Readonly<Record<string, unknown>>[];
    for (const { category, commands } of model) {
      for (const [type, { internal, permission, rejects }] of Object.entries(commands)) {
        const mine = operations.filter((operation) => operation['operationId'] === `${category}.${type}`);
        expect([type, mine.length]).toEqual([type, internal === true ? 0 : 1]);
        if (internal === true) continue;
        expect(mine[0]?.['x-permission']).toBe(permission);
        for (const code of rejects) expect(JSON.stringify(mine[0]?.['responses'])).toContain(`\`${code}\``);
      }
    }
  });
});

test('/asyncapi.json is valid AsyncAPI 3.0 by its own parser, and names every event of the model', async () => {
  const path = join(folder, 'asyncapi.json');
  await writeFile(path, JSON.stringify(asyncApiDocument(documented)));
  // In a process of its own: the parser brings modules that Jest's module registry cannot load.
  const script = `
    const { Parser } = require(${JSON.stringify(require.resolve('@asyncapi/parser'))});
    new Parser().parse(require('node:fs').readFileSync(${JSON.stringify(path)}, 'utf8')).then(({ document, diagnostics }) => {
      const wrong = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version').map(({ code, message, path }) => code + ': ' + message + ' ' + path.join('/'));
      console.log(JSON.stringify({ wrong: wrong.slice(0, 20), messages: document === undefined ? [] : document.allMessages().all().map((one) => one.id()) }));
    });`;
  const { stdout } = await run(process.execPath, ['-e', script], { maxBuffer: 1e8 });
  const { wrong, messages } = JSON.parse(stdout);
  expect(wrong).toEqual([]);
  const names = model.flatMap(({ category, events }) => Object.keys(events).map((type) => `${category}.${type}`));
  expect(messages).toEqual(expect.arrayContaining(names));
});

describe('examples', () => {
  test.each([...model, ...testModel].map((aggregate) => [aggregate.category, aggregate] as const))(
    'every example of %s is what its schema permits',
    (_name, { commands, events }) => {
      for (const [type, { schema }] of [...Object.entries(commands), ...Object.entries(events)]) {
        expect({ type, errors: validator.errorsOf(schema, exampleOf(schema)) }).toEqual({ type, errors: [] });
      }
    },
  );

  test.each(['^[A-Z]{3}$', '^\\+[1-9][0-9]{6,14}$', '^(a|b)+c?$', '^[^x]\\d{2,}$', '^-?(90(\\.0{1,9})?|[0-8]?[0-9])$', '^(?=.{3})[a-z]{3}\\u0041$'])(
    'a sample of %s',
    (pattern) => {
      expect(sampleOf(pattern)).toMatch(new RegExp(pattern, 'u'));
    },
  );

  test.each(['^(?!a)a$', '(', '[', '^(?<=x)y$'])('no sample of %s', (pattern) => expect(sampleOf(pattern)).toBeUndefined());
});

describe('pages', () => {
  test('every problem that can be answered has a page', async () => {
    const pages = problemPages(model);
    for (const { commands } of model)
      for (const { rejects, internal } of Object.values(commands)) if (internal !== true) for (const code of rejects) expect(pages.has(code)).toBe(true);
    for (const code of [...Object.keys(problemCodes), 'forbiddenName', 'unitNumberTaken']) {
      const { status, text } = await api.send(`/problems/${code}`);
      expect([code, status, text.includes(code)]).toEqual([code, 200, true]);
    }
    expect((await api.send('/problems')).text).toContain('/problems/forbiddenName');
  });

  test('the documentation is one file: nothing from elsewhere, scripts and styles by their hash alone', async () => {
    const { text, headers } = await api.send('/docs');
    const policy = String(headers.get('Content-Security-Policy'));
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    for (const tag of ['script', 'style']) {
      const content = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(text)?.[1] ?? '';
      expect(policy).toContain(`'sha256-${hash('sha256', content, 'base64')}'`);
    }
    expect(text).not.toMatch(/<script[^>]+src=|<link|style="|onclick="|https?:\/\/(?!www\.w3\.org)/);
    expect(text).not.toMatch(/^(import|export) /m);
  });

  test('the documents are served, and not again to who has them', async () => {
    const first = await api.send('/openapi.json');
    expect(first.json).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/' }] });
    expect((await api.send('/openapi.json', { headers: { 'If-None-Match': String(first.headers.get('ETag')) } })).status).toBe(304);
    expect((await api.send('/asyncapi.json')).json).toMatchObject({ asyncapi: '3.0.0' });
  });
});
