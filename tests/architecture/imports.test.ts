import { describe, expect, test } from '@jest/globals';
import { ambientExceptions, environmentReaders } from './layers.ts';
import { rules, violationsIn } from './rules.ts';
import { type Source, sourceOf, sourcesIn } from './source.ts';

const tree = sourcesIn(['src', 'projections']);
const withFile = (path: string, text: string): readonly Source[] => [...tree.filter((file) => file.path !== path), sourceOf(path, text)];
const textOf = (path: string): string => tree.find((file) => file.path === path)?.text ?? '';

test('the whole tree keeps every rule', () => {
  expect(tree.length).toBeGreaterThan(300);
  expect(violationsIn(tree)).toEqual([]);
});

test('every exception is still needed', () => {
  const paths = new Set(tree.map(({ path }) => path));
  const absent = [...ambientExceptions.keys()].filter((path) => !paths.has(path));
  expect(absent).toEqual([]);
  const needless = [...environmentReaders].filter((path) => paths.has(path) && !textOf(path).includes('process.env'));
  expect(needless).toEqual([]);
});

/** A violation of each rule, planted in the real tree: `[what, rule, path, text]`. */
const probes = [
  ['the domain imports an adapter', 'layers', 'src/domain/meter/state.ts', "import { pool } from '../../infrastructure/postgres/pool.ts';"],
  ['the domain imports a use case', 'layers', 'src/domain/meter/state.ts', "import type { Caller } from '../../application/caller.ts';"],
  ['the domain imports a product', 'layers', 'src/domain/meter/state.ts', "import pg from 'pg';"],
  ['the domain imports the system', 'layers', 'src/domain/kernel/hash.ts', "import { readFileSync } from 'node:fs';"],
  ['an aggregate speaks the schema library', 'layers', 'src/domain/meter/state.ts', "import { Type } from 'typebox';"],
  ['the kernel imports an aggregate', 'layers', 'src/domain/kernel/hash.ts', "import { meter } from '../meter/decider.ts';"],
  ['a use case imports an adapter', 'layers', 'src/application/caller.ts', "import { Pool } from '../infrastructure/postgres/pool.ts';"],
  ['a use case names a product', 'layers', 'src/application/caller.ts', "import { EventStoreDBClient } from '@eventstore/db-client';"],
  ['a use case asks by more than a query’s type', 'layers', 'src/application/caller.ts', "import { kebab } from '../../projections/kernel/query.ts';"],
  ['a read model imports the ORM', 'layers', 'projections/users/tables.ts', "import { p } from '@mikro-orm/core';"],
  ['a read model imports a use case', 'layers', 'projections/users/tables.ts', "import type { Caller } from '../../src/application/caller.ts';"],
  ['the injector leaves the composition', 'layers', 'src/interfaces/http/names.ts', "import { Container } from 'inversify';"],
  ['metadata leave the composition', 'layers', 'src/infrastructure/failure.ts', "import 'reflect-metadata';"],
  ['HTTP imports an adapter', 'layers', 'src/interfaces/http/names.ts', "import { Validator } from '../../infrastructure/validation/validator.ts';"],
  ['HTTP names a store', 'layers', 'src/interfaces/http/names.ts', "export { Pool } from 'pg';"],
  ['the shell imports tests', 'layers', 'src/infrastructure/failure.ts', "import { seed } from '../../tests/kit/seed.ts';"],
  ['an import on two lines', 'layers', 'src/domain/meter/state.ts', "import {\n  Pool,\n} from 'pg';"],
  ['an import at run time', 'layers', 'src/domain/meter/state.ts', "const pg = await import('pg');"],
  ['an import no literal names', 'layers', 'src/domain/meter/state.ts', 'const pg = await import(name);'],
  ['a require', 'layers', 'src/domain/meter/state.ts', "const pg = require('pg');"],
  ['a file of no layer', 'layers', 'src/helpers.ts', 'export const one = 1;'],
  ['an aggregate decides with another', 'aggregates', 'src/domain/meter/state.ts', "import { role } from '../role/decider.ts';"],
  [
    'an aggregate takes another under a name of its own',
    'aggregates',
    'src/domain/meter/state.ts',
    "import { iotDevice as device } from '../iot-device/decider.ts';",
  ],
  ['an aggregate takes all of another', 'aggregates', 'src/domain/meter/state.ts', "import * as role from '../role/decider.ts';"],
  ['an aggregate asks in another’s commands', 'aggregates', 'src/domain/meter/state.ts', "import { roleCommands } from '../role/commands.ts';"],
  ['an aggregate knows the model', 'aggregates', 'src/domain/meter/state.ts', "import { model } from '../model.ts';"],
  ['a read model reads another', 'read models', 'projections/users/queries.ts', "import { fleet } from '../equipment/projection.ts';"],
  ['a decision reads the clock', 'ambient', 'src/domain/meter/state.ts', 'export const at = Date.now();'],
  ['a decision reads today', 'ambient', 'src/domain/meter/state.ts', 'export const at = new Date().toISOString();'],
  ['a use case throws dice', 'ambient', 'src/application/caller.ts', 'export const n = Math.random();'],
  ['a use case makes ids', 'ambient', 'src/application/caller.ts', "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID();"],
  ['a read model reads the clock', 'ambient', 'projections/users/queries.ts', 'export const at = performance.now();'],
  ['an adapter reads the environment', 'ambient', 'src/infrastructure/failure.ts', 'export const port = process.env.PORT;'],
  ['two files import each other', 'circles', 'src/domain/meter/events.ts', "import { meter } from './decider.ts';"],
  ['an aggregate has a helper', 'kinds', 'src/domain/meter/meter-helpers.ts', '/** Helps. */\nexport const one = 1;'],
  ['a part does not say what it is', 'kinds', 'src/domain/meter/dials.ts', 'export const one = 1;'],
  ['an aggregate without a decider', 'kinds', 'src/domain/lantern/events.ts', 'export const one = 1;'],
  ['a read model has a service', 'kinds', 'projections/users/service.ts', '/** Serves. */\nexport const one = 1;'],
  ['a file has several jobs', 'lengths', 'src/infrastructure/failure.ts', 'export const one = 1;\n'.repeat(301)],
] as const;

describe('a planted violation is caught', () => {
  test.each(probes)('%s', (_what, rule, path, text) => {
    const found = violationsIn(withFile(path, text)).filter(
      (violation) => violation.rule === rule && violation.path.startsWith(path.slice(0, path.lastIndexOf('/'))),
    );
    expect(found).not.toEqual([]);
  });

  test('every rule has a probe', () => {
    expect(new Set(probes.map(([, rule]) => rule)).size).toBe(rules.length);
  });
});

test('what only looks like a violation is none', () => {
  const text = [
    '// import pg from "pg"; Date.now()',
    "/** `import x from 'pg'` and new Date() */",
    "export const words = 'Date.now() and process.env';",
    "export const quote = /'/;",
    "export const other = 'new Date()';",
    'export const day = (at: string) => new Date(at);',
    "import type { Actor } from '../kernel/aggregate.ts';",
  ].join('\n');
  const path = 'src/domain/meter/state.ts';
  const found = violationsIn(withFile(path, text)).filter((violation) => violation.path === path);
  expect(found).toEqual([]);
});
