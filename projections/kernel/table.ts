/** The words in which read-model tables are written down: columns, who may see the rows, and which columns can be filtered by. */

export type ColumnKind = 'uuid' | 'text' | 'integer' | 'bigint' | 'numeric' | 'double' | 'boolean' | 'date' | 'instant' | 'json' | 'textArray' | 'uuidArray';

/** One column. Row values are in the event's form: instants and dates as ISO strings, numerics as decimal strings, bigint as a decimal string. */
export type Column<T = unknown> = {
  readonly kind: ColumnKind;
  readonly isNullable: boolean;
  /**
   * `equals`: filtered and sorted by, with an index; `contains`: also searched within (trigram index); `prose`: searched within and nothing
   * else, because a text of any length fits no index that sorts (2.7 kB in Postgres) and a longer one could not be stored.
   */
  readonly filter: 'none' | 'equals' | 'contains' | 'prose';
  /** Holds a person's data: erased when the person named by `subject` (a column of the same row) is forgotten. */
  readonly subject?: string;
  readonly docs?: string;
  /** Only a type: the value's. */
  readonly value?: T;
};

/** A column being described; each step returns a new one. */
class ColumnWord<T> implements Column<T> {
  readonly kind: ColumnKind;
  readonly isNullable: boolean;
  readonly filter: Column['filter'];
  declare readonly subject?: string;
  declare readonly docs?: string;
  declare readonly value?: T;

  constructor(column: Column) {
    this.kind = column.kind;
    this.isNullable = column.isNullable;
    this.filter = column.filter;
    if (column.subject !== undefined) this.subject = column.subject;
    if (column.docs !== undefined) this.docs = column.docs;
  }
  nullable(): ColumnWord<T | null> {
    return new ColumnWord({ ...this, isNullable: true });
  }
  filtered(): ColumnWord<T> {
    return new ColumnWord({ ...this, filter: 'equals' });
  }
  searched(): ColumnWord<T> {
    return new ColumnWord({ ...this, filter: 'contains' });
  }
  /** For what people write at length: notes, descriptions, reasons. */
  prose(): ColumnWord<T> {
    return new ColumnWord({ ...this, filter: 'prose' });
  }
  /** `subject`: the column that names the person. */
  personal(subject: string): ColumnWord<T> {
    return new ColumnWord({ ...this, subject });
  }
  described(docs: string): ColumnWord<T> {
    return new ColumnWord({ ...this, docs });
  }
}

const word =
  <T>(kind: ColumnKind) =>
  (): ColumnWord<T> =>
    new ColumnWord<T>({ kind, isNullable: false, filter: 'none' });

export const uuid = word<string>('uuid');
export const text = word<string>('text');
export const integer = word<number>('integer');
/** A whole number past 2^53 (a log position), as a decimal string. */
export const bigint = word<string>('bigint');
/** An exact decimal, as a string. */
export const numeric = word<string>('numeric');
export const double = word<number>('double');
export const boolean = word<boolean>('boolean');
/** `YYYY-MM-DD`. */
export const date = word<string>('date');
/** ISO 8601 UTC with milliseconds. */
export const instant = word<string>('instant');
export const json = word<unknown>('json');
export const textArray = word<readonly string[]>('textArray');
export const uuidArray = word<readonly string[]>('uuidArray');

export type Columns = Readonly<Record<string, Column>>;
/**
 * Who sees the rows. `tenant`: the customer in `customer_id` (and, where the row has an `account_id`, the users who see that account) and staff;
 * `shared`: everybody signed in; `company`: staff only; `restricted`: staff who hold the table's own permission.
 */
export type Scope = 'tenant' | 'shared' | 'company' | 'restricted';

export type TableDefinition<C extends Columns = Columns> = {
  readonly name: string;
  readonly columns: C;
  /** The one column that identifies a row. */
  readonly key: string;
  readonly scope: Scope;
  /** What a caller needs to read it: `module:action`. */
  readonly permission: string;
  readonly docs: string;
  /** Rows have created_at/by and updated_at/by, stamped by the runner. Log-like tables have none. */
  readonly isAudited: boolean;
};
export type ValueOf<C> = C extends Column<infer T> ? T : never;
type Stamped = { readonly customer_id?: string | null; readonly account_id?: string | null };
/** A row as handlers write it; tenant, account and audit columns are stamped by the runner where a handler does not name them. */
export type RowOf<C extends Columns> = { readonly [K in keyof C]: ValueOf<C[K]> } & Stamped;

/** Columns that the runner fills by itself. */
export const auditColumns = {
  created_at: instant().nullable().filtered(),
  created_by: text().nullable(),
  updated_at: instant().nullable().filtered(),
  updated_by: text().nullable(),
} as const;
const tenantColumns = { customer_id: uuid().nullable().filtered(), account_id: uuid().nullable().filtered() } as const;

/**
 * The permission without which nobody sees the row, whoever sees the table; null: none beside the table's. Customers never see such a row.
 * Row-level security follows from the column's name.
 */
export const restrictable = { restricted_to: text().nullable().described('The permission without which nobody sees the row, where there is one.') } as const;

type Options<C extends Columns> = {
  readonly columns: C;
  readonly key: keyof C & string;
  readonly permission: string;
  readonly docs: string;
  readonly isAudited?: boolean;
};

const define =
  (scope: Scope) =>
  <const C extends Columns>(name: string, options: Options<C>): TableDefinition<C> => {
    const isAudited = options.isAudited ?? true;
    // Tenant and audit columns come after the handler's own and never replace one it describes itself.
    const columns = { ...(scope === 'tenant' ? tenantColumns : {}), ...(isAudited ? auditColumns : {}), ...options.columns };
    return { name, scope, key: options.key, permission: options.permission, docs: options.docs, isAudited, columns };
  };

/** A table of tenants' rows: `customer_id`, `account_id`, row-level security and the base index come with it. */
export const tenantTable = define('tenant');
/** Reference data everybody signed in may read. */
export const sharedTable = define('shared');
/** The company's own. */
export const companyTable = define('company');
/** Only for holders of its permission, on every surface. */
export const restrictedTable = define('restricted');

/** The Postgres type of a column kind. */
export const columnTypes: Readonly<Record<ColumnKind, string>> = {
  uuid: 'uuid',
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  numeric: 'numeric',
  double: 'double precision',
  boolean: 'boolean',
  date: 'date',
  instant: 'timestamptz(3)',
  json: 'jsonb',
  textArray: 'text[]',
  uuidArray: 'uuid[]',
};
