/** Puts the table of environment variables into the README, between its two marks. A test holds the README to it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { renderConfigurationTable } from '../src/infrastructure/configuration.ts';

const readme = new URL('../README.md', import.meta.url);
const marked = /(<!-- environment: node scripts\/update-readme\.ts -->\n)[\s\S]*?(<!-- end -->)/;
const text = readFileSync(readme, 'utf8');
if (!marked.test(text)) throw new Error('README.md lost the marks around the table of variables');
writeFileSync(
  readme,
  text.replace(marked, (_, begin: string, end: string) => `${begin}${renderConfigurationTable()}${end}`),
);
