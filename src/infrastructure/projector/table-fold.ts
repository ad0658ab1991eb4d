/** The rows of one table while events are folded: what was loaded, what has changed, what is missing. */
import type { Occurred, TableRows } from '../../../projections/kernel/projection.ts';
import type { TableDefinition } from '../../../projections/kernel/table.ts';
import { eraseRow, type PersonalColumn, personalColumns } from './personal-columns.ts';

/** A row in the event's form, all columns present. */
export type Row = Readonly<Record<string, unknown>>;
/** The event in work, shared by all tables of a projection. */
export type Current = { event: Occurred | undefined };

export class TableFold {
  readonly rows: TableRows<Row>;
  readonly misses = new Set<string>();
  readonly #whole: boolean;
  readonly #key: string;
  readonly #columns: readonly string[];
  readonly #tenant: boolean;
  readonly #account: boolean;
  readonly #audited: boolean;
  readonly #personal: readonly PersonalColumn[];
  /** As they were before the batch; `undefined` = known not to exist. */
  #before = new Map<string, Row | undefined>();
  #after = new Map<string, Row | undefined>();
  #forgotten: string[] = [];
  readonly #current: Current;

  constructor(definition: TableDefinition, whole: boolean, current: Current) {
    this.#whole = whole;
    this.#current = current;
    this.#key = definition.key;
    this.#columns = Object.keys(definition.columns);
    this.#tenant = definition.columns['customer_id'] !== undefined;
    this.#account = definition.columns['account_id'] !== undefined;
    this.#audited = definition.isAudited;
    this.#personal = personalColumns(definition);
    this.rows = {
      get: (key) => this.#get(key),
      put: (row) => this.#put(row),
      patch: (key, changes) => this.#patch(key, changes),
      remove: (key) => this.#remove(key),
    };
  }

  get size(): number {
    return this.#after.size;
  }

  /** A new batch: nothing is known of the table. */
  begin(): void {
    if (!this.#whole) this.#before = new Map();
  }
  /** The batch from its beginning again, with the rows loaded so far. */
  again(): void {
    if (this.#whole) return;
    this.#after = new Map();
    this.#forgotten = [];
    this.misses.clear();
  }
  loaded(found: ReadonlyMap<string, Row>): void {
    for (const key of this.misses) this.#before.set(key, found.get(key));
  }

  erase(row: Row, subject: string): Row {
    return eraseRow(row, this.#personal, subject);
  }

  forget(subject: string): void {
    if (this.#personal.length === 0) return;
    if (!this.#whole) this.#forgotten.push(subject);
    for (const [key, row] of this.#after) {
      if (row === undefined) continue;
      const after = this.erase(row, subject);
      if (after !== row) this.#after.set(key, after);
    }
  }

  /** What the batch did; of a whole-state fold, all rows. */
  changes(): ReadonlyMap<string, Row | undefined> {
    return this.#after;
  }

  #get(key: string): Row | undefined {
    const after = this.#after.get(key);
    if (after !== undefined || this.#whole || this.#after.has(key)) return after;
    if (!this.#before.has(key)) {
      this.misses.add(key);
      return undefined;
    }
    const before = this.#before.get(key);
    // The database still holds it as it was before this batch; a person forgotten earlier in the batch is erased here too.
    return before === undefined ? undefined : this.#forgotten.reduce((row, subject) => this.erase(row, subject), before);
  }

  #remove(key: string): void {
    if (this.#whole) this.#after.delete(key);
    else this.#after.set(key, undefined);
  }

  #put(row: Row): void {
    const key = String(row[this.#key]);
    const stamped: Record<string, unknown> = {};
    for (const name of this.#columns) stamped[name] = row[name] ?? null;
    const { event } = this.#current;
    if (event !== undefined) this.#stamp(stamped, row, event);
    this.#after.set(key, stamped);
  }

  /** Fills what the handler did not name: a new row has the event's tenant, account and maker, a known one keeps its own. */
  #stamp(stamped: Record<string, unknown>, row: Row, event: Occurred): void {
    const isWholeRow =
      (!this.#tenant || row['customer_id'] !== undefined) &&
      (!this.#account || row['account_id'] !== undefined) &&
      !(this.#audited && row['created_at'] === undefined);
    const before = isWholeRow ? undefined : this.#get(String(row[this.#key]));
    if (this.#tenant && row['customer_id'] === undefined) stamped['customer_id'] = before === undefined ? event.tenant : before['customer_id'];
    if (this.#account && row['account_id'] === undefined) stamped['account_id'] = before === undefined ? event.account : before['account_id'];
    if (!this.#audited) return;
    if (row['created_at'] === undefined) stamped['created_at'] = before === undefined ? event.occurredAt : before['created_at'];
    if (row['created_by'] === undefined) stamped['created_by'] = before === undefined ? event.actor.id : before['created_by'];
    if (row['updated_at'] === undefined) stamped['updated_at'] = event.occurredAt;
    if (row['updated_by'] === undefined) stamped['updated_by'] = event.actor.id;
  }

  #patch(key: string, changes: Row): void {
    const before = this.#get(key);
    if (before === undefined) return;
    const after: Record<string, unknown> = { ...before };
    const { event } = this.#current;
    if (this.#audited && event !== undefined) {
      after['updated_at'] = event.occurredAt;
      after['updated_by'] = event.actor.id;
    }
    for (const name of this.#columns) if (changes[name] !== undefined) after[name] = changes[name];
    const moved = String(after[this.#key]);
    if (moved !== key) throw new Error(`a patch may not change the key of a row (${key} to ${moved})`);
    this.#after.set(key, after);
  }
}
