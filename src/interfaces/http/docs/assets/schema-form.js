import { make, pretty } from './dom.js';

/** Follows a reference within its document. */
export function resolved(schema, documents) {
  let current = schema ?? {};
  for (let step = 0; step < 10 && current.$ref !== undefined; step += 1) {
    const path = current.$ref.replace(/^#\//, '').split('/');
    current = path.reduce((value, name) => value?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], documents) ?? {};
  }
  return current;
}

/** What a schema asks for, in a few words. */
export function typeWords(given, documents) {
  const schema = resolved(given, documents);
  if (schema.const !== undefined) return `always ${JSON.stringify(schema.const)}`;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map((choice) => typeWords(choice, documents)).join(' or ');
  if (schema.type === 'array') return `list of ${typeWords(schema.items, documents)}${schema.maxItems === undefined ? '' : `, at most ${schema.maxItems}`}`;
  const words = [Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything')];
  if (schema.format !== undefined) words.push(schema.format);
  if (schema['x-ref'] !== undefined) words.push(`id of a ${schema['x-ref']}`);
  if (schema['x-lookup'] !== undefined) words.push(`code of the catalog ${schema['x-lookup']}`);
  if (schema['x-unit'] !== undefined) words.push(schema['x-unit']);
  if (schema['x-personal'] === true) words.push('personal');
  if (schema.minimum !== undefined && Math.abs(schema.minimum) < 1e12) words.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined && schema.maximum < 1e12) words.push(`≤ ${schema.maximum}`);
  if (schema.type === 'string' && schema.maxLength !== undefined && schema.format === undefined) words.push(`≤ ${schema.maxLength} characters`);
  return words.join(', ');
}

/** The fields of an object schema as a table. */
export function fieldTable(given, documents) {
  const schema = resolved(given, documents);
  const rows = Object.entries(schema.properties ?? {});
  if (rows.length === 0)
    return make('p', { class: 'quiet' }, schema.type === 'object' || schema.type === undefined ? 'No fields.' : typeWords(schema, documents));
  const required = new Set(schema.required ?? []);
  return make(
    'table',
    {},
    make('thead', {}, make('tr', {}, make('th', {}, 'Field'), make('th', {}, 'Is'), make('th', {}, 'Means'))),
    make(
      'tbody',
      {},
      rows.flatMap(([name, member]) => {
        const inner = resolved(member, documents);
        const row = make(
          'tr',
          {},
          make('td', {}, name),
          make('td', {}, `${typeWords(member, documents)}${required.has(name) ? ', required' : ''}`),
          make('td', {}, inner.description ?? ''),
        );
        const nested = inner.type === 'object' && inner.properties !== undefined ? inner : undefined;
        return nested === undefined ? [row] : [row, make('tr', {}, make('td', {}), make('td', { colspan: '2' }, fieldTable(nested, documents)))];
      }),
    ),
  );
}

const isPlainObject = (schema) => schema.type === 'object' && schema.properties !== undefined;

/** One input for one field. `read()` gives undefined where nothing was filled in, and throws where it is not JSON. */
function inputFor(given, documents, example) {
  const schema = resolved(given, documents);
  if (isPlainObject(schema)) {
    const form = objectForm(schema, documents, example);
    return { element: make('fieldset', {}, form.element), read: () => (Object.keys(form.read()).length === 0 ? undefined : form.read()), show: form.show };
  }
  const options = schema.type === 'boolean' ? ['true', 'false'] : schema.enum;
  if (options !== undefined) {
    const select = make('select', {}, make('option', { value: '' }, '—'), ...options.map((option) => make('option', { value: option }, option)));
    const show = (value) => (select.value = value === undefined ? '' : String(value));
    return { element: select, read: () => (select.value === '' ? undefined : schema.type === 'boolean' ? select.value === 'true' : select.value), show };
  }
  const isText = schema.type === 'string';
  const isLong = isText ? (schema.maxLength ?? 0) > 500 : !['integer', 'number'].includes(schema.type);
  const input = make(isLong ? 'textarea' : 'input', isText || isLong ? {} : { inputmode: 'decimal' });
  if (isLong && !isText) input.placeholder = example === undefined ? 'JSON' : pretty(example);
  else if (example !== undefined) input.placeholder = String(example);
  const read = () => {
    const text = input.value;
    if (text.trim() === '') return undefined;
    if (isText) return text;
    if (isLong) return JSON.parse(text);
    return Number.isNaN(Number(text)) ? text : Number(text);
  };
  return { element: input, read, show: (value) => (input.value = value === undefined ? '' : isText || !isLong ? String(value) : pretty(value)) };
}

/** A form for an object: `read()` its value, `show(value)` fills it, `mark(errors)` shows each error at its field. */
export function objectForm(schema, documents, example = {}) {
  const required = new Set(schema.required ?? []);
  const inputs = new Map();
  const cells = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const input = inputFor(member, documents, example?.[name]);
    const error = make('small', { class: 'error' });
    inputs.set(name, { ...input, error });
    const label = make('label', required.has(name) ? { class: 'must' } : {}, name);
    return [
      label,
      make(
        'div',
        {},
        input.element,
        make('small', {}, [typeWords(member, documents), resolved(member, documents).description].filter(Boolean).join(' · ')),
        error,
      ),
    ];
  });
  const element = make('div', { class: 'fields' }, cells);
  const read = () => {
    const value = {};
    for (const [name, input] of inputs) {
      const member = input.read();
      if (member !== undefined) value[name] = member;
    }
    return value;
  };
  const show = (value) => {
    for (const [name, input] of inputs) input.show(value?.[name]);
  };
  const mark = (errors) => {
    for (const [name, { error, element: input }] of inputs) {
      const mine = errors.filter(({ pointer }) => pointer === `/${name}` || pointer?.startsWith(`/${name}/`));
      error.textContent = mine.map(({ pointer, message }) => `${pointer.slice(name.length + 1)} ${message}`.trim()).join('; ');
      input.classList.toggle('wrong', mine.length > 0);
    }
  };
  return { element, read, show, mark };
}
