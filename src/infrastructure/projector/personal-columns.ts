/** Forgetting, for any table: which columns hold a person's data, and what becomes of them. */
import type { TableDefinition } from '../../../projections/kernel/table.ts';
import { erased } from '../../domain/kernel/personal.ts';
import type { Row } from './table-fold.ts';

export type PersonalColumn = { readonly name: string; readonly subject: string; readonly isList: boolean };

/** The columns marked `personal`. Throws where one cannot be erased generically: only texts and lists of texts can. */
export const personalColumns = (table: TableDefinition): readonly PersonalColumn[] =>
  Object.entries(table.columns).flatMap(([name, column]) => {
    if (column.subject === undefined) return [];
    if (column.kind !== 'text' && column.kind !== 'textArray') throw new Error(`${table.name}.${name} is personal, so it must be a text or a list of texts`);
    if (table.columns[column.subject] === undefined) throw new Error(`${table.name}.${name} names a subject column ${column.subject} that is not there`);
    return [{ name, subject: column.subject, isList: column.kind === 'textArray' }];
  });

/** The row with all that is personal of this subject erased; the same row where there is nothing. What was never known stays unknown. */
export const eraseRow = (row: Row, columns: readonly PersonalColumn[], subject: string): Row => {
  const changes: Record<string, unknown> = {};
  for (const column of columns) {
    const value = row[column.name];
    if (row[column.subject] !== subject || value === null || value === undefined) continue;
    changes[column.name] = column.isList && Array.isArray(value) ? value.map(() => erased) : erased;
  }
  return Object.keys(changes).length === 0 ? row : { ...row, ...changes };
};
