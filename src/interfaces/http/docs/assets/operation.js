import { copyable, make, pretty, prose } from './dom.js';
import { fieldTable, objectForm, resolved } from './schema-form.js';
import { session } from './session.js';

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The request as a line for a terminal; the token is left for the shell to fill in. */
function curlOf({ method, url, headers, body }) {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(new URL(url, location.href).href)}`];
  for (const [name, value] of Object.entries(headers))
    lines.push(name === 'Authorization' ? '-H "Authorization: Bearer $TOKEN"' : `-H ${quoted(`${name}: ${value}`)}`);
  if (typeof body === 'string') lines.push(`-d ${quoted(body)}`);
  else if (body !== undefined) lines.push(`--data-binary ${quoted(`@${body.name}`)}`);
  return lines.join(' \\\n  ');
}

/** The body of a command, as a form and as JSON, one at a time. */
function bodyEditor(content, documents) {
  const schema = resolved(content.schema, documents);
  const form = objectForm(schema, documents, content.example);
  const text = make('textarea', { hidden: true, spellcheck: 'false', 'aria-label': 'Body as JSON' });
  const toggle = make('button', { type: 'button', class: 'small' }, 'As JSON');
  const read = () => (text.hidden ? form.read() : JSON.parse(text.value));
  toggle.addEventListener('click', () => {
    if (text.hidden) text.value = pretty(form.read());
    else form.show(JSON.parse(text.value || '{}'));
    text.hidden = !text.hidden;
    form.element.hidden = !text.hidden;
    toggle.textContent = text.hidden ? 'As JSON' : 'As a form';
  });
  const fillIn = () => {
    if (text.hidden) form.show(content.example);
    else text.value = pretty(content.example);
  };
  const fill = make('button', { type: 'button', class: 'small', onclick: fillIn }, 'Fill with the example');
  const hasFields = Object.keys(schema.properties ?? {}).length > 0;
  const element = make(
    'section',
    {},
    make('h2', {}, 'Body'),
    hasFields ? make('div', { class: 'row' }, fill, toggle) : make('p', { class: 'quiet' }, 'No fields: an empty object is sent.'),
    form.element,
    text,
  );
  return { element, read, mark: (errors) => form.mark(errors) };
}

/** A file as the body. */
function fileEditor() {
  const input = make('input', { type: 'file', 'aria-label': 'The file' });
  const read = () => {
    if (input.files[0] === undefined) throw new Error('Choose a file.');
    return input.files[0];
  };
  return { element: make('section', {}, make('h2', {}, 'Body'), input), read, mark: () => undefined };
}

/** Inputs for the parameters in path, address and header; what is seldom needed (filters, headers) is folded. */
function parameterEditor(operation, documents) {
  const inputs = [];
  const row = ({ name, where, parameter, help }) => {
    const input = make('input', { placeholder: String(parameter.example ?? parameter.schema?.default ?? ''), spellcheck: 'false', 'aria-label': name });
    inputs.push({ name, where, input });
    const docs = help === undefined ? undefined : make('small', {}, ...(prose(help)[0]?.childNodes ?? []));
    return [make('label', parameter.required ? { class: 'must' } : {}, name), make('div', {}, input, docs)];
  };
  const groups = { plain: [], filters: [], headers: [] };
  for (const given of operation.parameters ?? []) {
    const parameter = resolved(given, documents);
    const { name, in: where, description: help } = parameter;
    if (parameter.style === 'deepObject') {
      for (const column of Object.keys(parameter.schema.properties)) groups.filters.push(row({ name: `${name}[${column}]`, where, parameter: {} }));
    } else groups[where === 'header' ? 'headers' : 'plain'].push(row({ name, where, parameter, help }));
  }
  const filterHelp = 'A value, or `operator:value` with `ne`, `in:a,b`, `gt`, `gte`, `lt`, `lte`, `between:a,b`, `like`, `null:true`.';
  const folded = (title, rows, help) =>
    rows.length === 0
      ? undefined
      : make('details', { class: 'fold' }, make('summary', {}, `${title} (${rows.length})`), help ?? '', make('div', { class: 'fields' }, rows.flat()));
  const element = make(
    'section',
    {},
    groups.plain.length === 0 ? undefined : [make('h2', {}, 'Parameters'), make('div', { class: 'fields' }, groups.plain.flat())],
    folded('Filters', groups.filters, prose(filterHelp)[0]),
    folded('Headers', groups.headers),
  );
  const values = (where) => inputs.filter((one) => one.where === where && one.input.value.trim() !== '').map(({ name, input }) => [name, input.value.trim()]);
  return { element, values };
}

async function showAnswer(into, answer, startedMs) {
  const tookMs = Math.round(performance.now() - startedMs);
  const type = answer.headers.get('content-type') ?? '';
  const text = type.includes('spreadsheet') ? `${(await answer.arrayBuffer()).byteLength} bytes` : await answer.text();
  const body = type.includes('json') && !type.includes('ndjson') && text !== '' ? JSON.parse(text) : undefined;
  const told = ['etag', 'location', 'consistency-token', 'retry-after', 'ratelimit', 'x-correlation-id'].filter((name) => answer.headers.has(name));
  into.replaceChildren(
    make('h2', {}, 'Answer'),
    make('p', {}, make('span', { class: `status ${answer.ok ? 'good' : 'bad'}` }, `${answer.status} ${answer.statusText}`), ` ${tookMs} ms`),
    make(
      'table',
      {},
      make(
        'tbody',
        {},
        told.map((name) => make('tr', {}, make('td', {}, name), make('td', {}, answer.headers.get(name)))),
      ),
    ),
    make('pre', {}, body === undefined ? text.slice(0, 200_000) : pretty(body)),
    body?.type?.startsWith('/problems/') ? make('p', {}, make('a', { href: body.type, target: '_blank' }, 'What this problem means')) : '',
  );
  into.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  return body;
}

/** The page of one operation: what it does, a form, the request as curl, the answer. */
export function operationPage({ method, path, operation }, documents) {
  const parameters = parameterEditor(operation, documents);
  const contents = operation.requestBody === undefined ? {} : resolved(operation.requestBody, documents).content;
  const content = contents['application/json'];
  const isFile = 'application/octet-stream' in contents;
  const body = isFile ? fileEditor() : content === undefined ? undefined : bodyEditor(content, documents);
  const [answer, curl, wrong] = [make('section', { 'aria-live': 'polite' }), make('section'), make('small', { class: 'error' })];

  const request = () => {
    const inPath = Object.fromEntries(parameters.values('path'));
    const query = new URLSearchParams(parameters.values('query')).toString();
    const url = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(inPath[name] ?? `{${name}}`)) + (query === '' ? '' : `?${query}`);
    const headers = { ...Object.fromEntries(parameters.values('header')), ...(session.token === '' ? {} : { Authorization: `Bearer ${session.token}` }) };
    if (body === undefined) return { method, url, headers };
    if (isFile) return { method, url, headers: { ...headers, 'Content-Type': 'application/octet-stream' }, body: body.read() };
    return { method, url, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body.read()) };
  };
  const attempt = async (work) => {
    wrong.textContent = '';
    try {
      await work(request());
    } catch (error) {
      wrong.textContent = String(error.message ?? error);
    }
  };
  const send = () =>
    attempt(async ({ url, ...init }) => {
      const started = performance.now();
      const shown = await showAnswer(answer, await fetch(url, init), started);
      body?.mark(shown?.errors ?? []);
    });
  const showCurl = () =>
    attempt(async (asked) => {
      curl.replaceChildren(make('h2', {}, 'In a terminal'), copyable(curlOf(asked)));
      curl.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    });
  const submitted = (event) => {
    event.preventDefault();
    void send();
  };
  const form = make(
    'form',
    { onsubmit: submitted },
    parameters.element,
    body?.element,
    make('div', { class: 'row' }, make('button', { class: 'main' }, 'Send'), make('button', { type: 'button', onclick: showCurl }, 'Show curl'), wrong),
  );
  return [
    make('h1', {}, operation.summary ?? path),
    make('code', { class: 'path' }, make('span', { class: `badge ${method.toLowerCase()}` }, method), `  ${path}`),
    ...prose(operation.description),
    form,
    curl,
    answer,
    content === undefined ? '' : make('section', {}, make('h2', {}, 'Fields'), fieldTable(content.schema, documents)),
    answersTable(operation, documents),
  ];
}

function answersTable(operation, documents) {
  const rows = Object.entries(operation.responses).map(([status, given]) =>
    make('tr', {}, make('td', {}, status), make('td', {}, ...(prose(resolved(given, documents).description)[0]?.childNodes ?? []))),
  );
  return make('section', {}, make('h2', {}, 'Answers'), make('table', {}, make('tbody', {}, rows)));
}
