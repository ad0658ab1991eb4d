/** Pieces of Markdown. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

export const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [`| ${headings.join(' | ')} |`, `|${headings.map(() => '---').join('|')}|`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join('\n');

export const code = (text: string): string => `\`${text}\``;
export const sql = (statement: string): string => `\`\`\`sql\n${statement.trim()}\n\`\`\``;

/** A page: its parts with an empty line between, and who made it. */
export const page = (title: string, parts: readonly string[]): string =>
  `${[`# ${title}`, 'Computed from the sources by `npm run docs`; not edited by hand.', ...parts.filter((part) => part !== '')].join('\n\n')}\n`;
