import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { renderConfigurationTable } from '../../src/infrastructure/configuration.ts';
import { filesIn, root } from './source.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const ours = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesIn(['docs']).filter((path) => path.endsWith('.md'))];

describe('the documents say what is so', () => {
  test('the README has the table of variables as the code has it: node scripts/update-readme.ts', () => {
    expect(read('README.md')).toContain(renderConfigurationTable());
  });

  test('the README names every dependency with its reason', () => {
    const manifest: { readonly dependencies: object; readonly devDependencies: object } = JSON.parse(read('package.json'));
    const names = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    const readme = read('README.md');
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test('the README names every command of package.json', () => {
    const manifest: { readonly scripts: object } = JSON.parse(read('package.json'));
    const readme = read('README.md');
    const called = (name: string): string => (name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`);
    expect(Object.keys(manifest.scripts).filter((name) => name !== 'demo' && !readme.includes(called(name)))).toEqual([]);
  });

  test('every link between documents leads somewhere', () => {
    const broken = ours.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map((found) => join(dirname(path), found[1] ?? ''))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('every decision that a comment points to is written down, and every file that a guide names is there', () => {
    const sources = filesIn(['src', 'projections', 'tests', 'bench', 'scripts']).filter((path) => path.endsWith('.ts'));
    const cited = sources.flatMap((path) => [...read(path).matchAll(/docs\/decisions\/[\w-]+\.md/g)].map(([target]) => `${path}: ${target}`));
    const named = ours
      .filter((path) => path.startsWith('docs/') && !/docs\/(?:model\.md|database\/)/.test(path))
      .flatMap((path) => [...read(path).matchAll(/`((?:src|projections|tests|bench|scripts)\/[\w./-]+\.\w+)`/g)].map((found) => `${path}: ${found[1]}`));
    expect([...cited, ...named].filter((line) => !existsSync(join(root, line.slice(line.indexOf(': ') + 2))))).toEqual([]);
  });
});
