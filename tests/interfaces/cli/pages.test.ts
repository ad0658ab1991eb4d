/** What is computed from the sources: the model's facts and the pages in docs/. */
import { describe, expect, test } from '@jest/globals';
import { readModels } from '../../../projections/read-models.ts';
import type { AnyAggregate } from '../../../src/domain/kernel/aggregate.ts';
import { model } from '../../../src/domain/model.ts';
import { outdatedPages } from '../../../src/interfaces/cli/commands/docs.ts';
import { functionsPage, migrationsPage } from '../../../src/interfaces/cli/documents/database-pages.ts';
import { modelFacts } from '../../../src/interfaces/cli/documents/model-facts.ts';
import { tablesPage } from '../../../src/interfaces/cli/documents/tables-page.ts';
import { terminal } from './kit/terminal.ts';

describe('pages', () => {
  test('the pages in docs/ are as computed; npm run docs writes them', async () => {
    expect(await outdatedPages()).toEqual([]);
  });

  test('the tables reference has every column of every table, and links that lead somewhere', () => {
    const page = tablesPage(readModels);
    const headings = new Set([...page.matchAll(/^### (\S+)$/gm)].map(([, name]) => name));
    for (const [, target] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(target);
    for (const { projection } of readModels) {
      for (const { name, columns } of Object.values(projection.tables)) {
        const section = page.split(`\n### ${name}\n`)[1]?.split('\n#')[0] ?? '';
        for (const column of Object.keys(columns)) expect(section).toContain(`| \`${column}\` |`);
      }
    }
  });

  test('functions are found in migrations, whose statements all stand in their page', () => {
    const migrations = [
      { name: '0002-more', statements: ['create table kept.x (a int)', 'create function kept.f() returns int language sql as $$\n      select 1\n    $$'] },
    ];
    expect(functionsPage(migrations)).toContain('create function kept.f() returns int language sql as $$\n  select 1\n$$');
    expect(functionsPage(migrations)).not.toContain('kept.x');
    expect(migrationsPage(migrations, readModels)).toContain('### 0002-more\n\n```sql\ncreate table kept.x (a int)\n```');
  });
});

describe('the model', () => {
  test('nothing in it is undocumented, and the totals are those of the lists', () => {
    const facts = modelFacts();
    expect(facts.undocumented).toEqual([]);
    expect(facts.totals).toMatchObject({
      aggregates: model.length,
      commands: model.reduce((sum, { commands }) => sum + Object.keys(commands).length, 0),
      events: model.reduce((sum, { events }) => sum + Object.keys(events).length, 0),
      'read models': readModels.length,
    });
    const paths = facts.routes.map(({ name }) => name);
    for (const { commands } of facts.aggregates) {
      for (const { path } of commands)
        if (path !== undefined) expect(paths.some((name) => name.startsWith('POST /commands/') && name.endsWith(path.split('/').at(-1) ?? ''))).toBe(true);
    }
    for (const { queries } of facts.readModels) for (const { name } of queries) expect(paths).toContain(`GET /queries/${name}`);
  });

  test('whatever says nothing of itself is named', () => {
    const [first, ...rest] = model;
    if (first === undefined) throw new Error('there is a first aggregate');
    const [[command, asked] = ['', undefined]] = Object.entries(first.commands);
    const [[event, happened] = ['', undefined]] = Object.entries(first.events);
    if (asked === undefined || happened === undefined) throw new Error('it has a command and an event');
    const silent: AnyAggregate = {
      ...first,
      docs: ' ',
      commands: { ...first.commands, [command]: { ...asked, docs: '', rejects: [...asked.rejects, 'nobodySaysThis'] } },
      events: { ...first.events, [event]: { ...happened, docs: '' } },
    };
    const { undocumented } = modelFacts({ model: [silent, ...rest], readModels });
    expect(undocumented).toEqual(
      expect.arrayContaining([
        `aggregate ${first.category}`,
        `command ${first.category}.${command}`,
        `event ${first.category}.${event}`,
        `rule ${first.category}.nobodySaysThis`,
      ]),
    );
  });

  test('cli model tells all of it, as text and as JSON', async () => {
    const type = terminal({});
    const text = await type('model');
    expect(text).toMatchObject({ code: 0, err: '' });
    for (const { category, docs } of model) expect(text.out).toContain(`${category}: ${docs}`);
    const { totals } = JSON.parse((await type('model', '--json')).out);
    expect(totals).toEqual(modelFacts().totals);
    expect(JSON.parse((await type('model', '--json', '--totals')).out)).toEqual(totals);
  });
});
