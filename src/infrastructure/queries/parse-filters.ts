/** `filter[column]=operator:value` as a checked filter. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { ColumnKind } from '../../../projections/kernel/table.ts';
import { type Filter, type Operator, operators, type RequestError } from '../../application/ports/queries.ts';
import { checkValue } from './values.ts';
import { columnOf, filterableColumns, isFilterable, operatorsOf } from './words.ts';

export const filterCountMax = 20;
export const listLengthMax = 200;
const likeLengthMax = 200;

/** What one parameter turned out to be. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: RequestError };
export const found = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const refused = (parameter: string, message: string, known?: readonly string[]): Outcome<never> => ({
  ok: false,
  error: { parameter, message, ...(known === undefined ? {} : { known }) },
});

const parameterPattern = /^filter\[([^\]]*)\]$/;
/** The column a parameter filters by; nothing for other parameters. */
export const filteredColumn = (parameter: string): string | undefined => parameterPattern.exec(parameter)?.[1];

const isOperator = (word: string): word is Operator => operators.some((operator) => operator === word);

/** Without one of the operators in front, the whole text is the value of `eq`; a value that looks like one is written `eq:in:…`. */
const operatorAndValue = (text: string): readonly [Operator, string] => {
  const colon = text.indexOf(':');
  const word = text.slice(0, Math.max(colon, 0));
  return isOperator(word) ? [word, text.slice(colon + 1)] : ['eq', text];
};

/** `a,b,"c,d"` → a · b · c,d; a quote within quotes is doubled. */
const splitList = (text: string): readonly string[] => {
  const items = text.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  // The pattern also matches the nothing after the last item.
  const whole = text.endsWith(',') || items.length === 1 ? items : items.slice(0, -1);
  return whole.map((item) => {
    const bare = item.endsWith(',') ? item.slice(0, -1) : item;
    return bare.length > 1 && bare.startsWith('"') && bare.endsWith('"') ? bare.slice(1, -1).replaceAll('""', '"') : bare;
  });
};

type Asked = { readonly parameter: string; readonly column: string; readonly operator: Operator; readonly kind: ColumnKind };

const checkAll = (asked: Asked, values: readonly string[]): Outcome<Filter> => {
  const checked: string[] = [];
  for (const value of values) {
    const outcome = checkValue(asked.kind, value);
    if (!outcome.ok) return refused(asked.parameter, `${asked.column} expects ${outcome.expected}.`);
    checked.push(outcome.value);
  }
  return found({ column: asked.column, operator: asked.operator, values: checked });
};

const valuesFor = (asked: Asked, text: string): Outcome<Filter> => {
  switch (asked.operator) {
    case 'null':
      return text === 'true' || text === 'false'
        ? found({ column: asked.column, operator: 'null', values: [text] })
        : refused(asked.parameter, 'null expects true or false.', ['null:true', 'null:false']);
    case 'in': {
      const items = splitList(text);
      return items.length > listLengthMax ? refused(asked.parameter, `in takes at most ${listLengthMax} values.`) : checkAll(asked, items);
    }
    case 'between': {
      const bounds = splitList(text);
      return bounds.length === 2 ? checkAll(asked, bounds) : refused(asked.parameter, 'between expects two values: from,to (both included).');
    }
    case 'like':
      return text.length === 0 || text.length > likeLengthMax
        ? refused(asked.parameter, `like expects 1 to ${likeLengthMax} characters.`)
        : checkAll(asked, [text]);
    case 'eq':
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return checkAll(asked, [text]);
    default:
      return asked.operator satisfies never;
  }
};

/** One filter parameter; `name` is what stands in its brackets. */
export const parseFilter = (definition: QueryDefinition, name: string, text: string): Outcome<Filter> => {
  const parameter = `filter[${name}]`;
  const column = Object.hasOwn(definition.columns, name) ? definition.columns[name] : undefined;
  if (column === undefined || !isFilterable(definition, name, column)) {
    return refused(parameter, 'There is no filter of this name.', filterableColumns(definition));
  }
  const [operator, value] = operatorAndValue(text);
  const known = operatorsOf(columnOf(definition, name));
  if (!known.includes(operator)) return refused(parameter, `${name} cannot be filtered with ${operator}.`, known);
  return valuesFor({ parameter, column: name, operator, kind: column.kind }, value);
};
