/** The statements of one table in one schema, made once from its definition. */
import { hash } from 'node:crypto';
import { columnTypes, type TableDefinition } from '../../../projections/kernel/table.ts';
import { erased } from '../../domain/kernel/personal.ts';
import { id, literal, qualified } from '../postgres/names.ts';
import { personalColumns } from './personal-columns.ts';
import { recordDefinition, selectList } from './row-form.ts';

/** A statement with the name under which a connection prepares it: the same text has the same name. */
export type Statement = { readonly name: string; readonly text: string };
export type TableStatements = {
  /** $1: keys. Rows in the event's form. */
  readonly load: Statement;
  /** $1: JSON array of whole rows. */
  readonly upsert: Statement;
  /** $1: keys. */
  readonly remove: Statement;
  /** $1: the subject. One for each column that names a person. */
  readonly erase: readonly Statement[];
  readonly copy: string;
};

const statement = (text: string): Statement => ({ name: hash('sha1', text, 'hex').slice(0, 20), text });

export function statementsOf(table: TableDefinition, schema: string): TableStatements {
  const on = qualified(schema, table.name);
  const names = Object.keys(table.columns).map(id);
  const key = id(table.key);
  const keyType = columnTypes[table.columns[table.key]?.kind ?? 'text'];
  const others = names.filter((name) => name !== key);
  const onConflict = others.length === 0 ? 'nothing' : `update set ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  return {
    load: statement(`select ${selectList(table)} from ${on} where ${key} = any($1::${keyType}[])`),
    upsert: statement(
      `insert into ${on} (${names.join(', ')}) select ${names.join(', ')} from jsonb_to_recordset($1::jsonb) as r(${recordDefinition(table)}) on conflict (${key}) do ${onConflict}`,
    ),
    remove: statement(`delete from ${on} where ${key} = any($1::${keyType}[])`),
    erase: eraseStatements(table, on),
    copy: `copy ${on} (${names.join(', ')}) from stdin`,
  };
}

function eraseStatements(table: TableDefinition, on: string): readonly Statement[] {
  const bySubject = Map.groupBy(personalColumns(table), (column) => column.subject);
  return [...bySubject].map(([subject, columns]) => {
    const changes = columns.map(({ name, isList }) =>
      isList
        ? `${id(name)} = case when ${id(name)} is not null then array(select ${literal(erased)} from unnest(${id(name)})) end`
        : `${id(name)} = case when ${id(name)} is not null then ${literal(erased)} end`,
    );
    return statement(`update ${on} set ${changes.join(', ')} where ${id(subject)}::text = $1`);
  });
}
