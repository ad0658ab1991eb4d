import { byId, make, prose } from './dom.js';
import { eventPage, livePage } from './events.js';
import { operationPage } from './operation.js';
import { beginSession } from './session.js';

const methods = ['get', 'post', 'put'];

/** All operations of the document by their id. */
function operationsOf(openapi) {
  const operations = new Map();
  for (const [path, item] of Object.entries(openapi.paths)) {
    for (const method of methods)
      if (item[method] !== undefined) operations.set(item[method].operationId, { method: method.toUpperCase(), path, operation: item[method] });
  }
  return operations;
}

const link = (href, badge, kind, text) => make('a', { href }, make('span', { class: `badge ${kind}` }, badge), make('span', {}, text));

function menuOf(openapi, asyncapi, operations) {
  const byTag = new Map(openapi.tags.map((tag) => [tag.name, { tag, links: [] }]));
  for (const [id, { method, operation }] of operations) {
    byTag
      .get(operation.tags[0])
      ?.links.push(link(`#/operation/${id}`, method, method.toLowerCase(), `${operation.summary}${id.endsWith('.new') ? ' (new)' : ''}`));
  }
  for (const [name, message] of Object.entries(asyncapi.components.messages)) {
    byTag.get(name.split('.')[0])?.links.push(link(`#/event/${name}`, 'EVENT', 'event', message.title));
  }
  byTag.get('events')?.links.push(link('#/live', 'LIVE', 'event', 'Live events'));
  const section = ({ tag, links }) => make('details', {}, make('summary', {}, tag['x-displayName'] ?? tag.name), links);
  const aggregates = [...byTag.values()].filter(({ tag }) => tag['x-displayName'] !== undefined);
  const others = [...byTag.values()].filter(({ tag, links }) => tag['x-displayName'] === undefined && links.length > 0);
  return [make('h2', {}, 'Aggregates'), ...aggregates.map(section), make('h2', {}, 'Surfaces'), ...others.map(section)];
}

function homePage(openapi, operations, asyncapi) {
  const cards = openapi.tags
    .filter((tag) => tag['x-displayName'] !== undefined)
    .map((tag) => {
      const count = [...operations.values()].filter(({ operation }) => operation.tags[0] === tag.name).length;
      const events = Object.keys(asyncapi.components.messages).filter((name) => name.startsWith(`${tag.name}.`)).length;
      return make(
        'a',
        { class: 'card', href: `#/tag/${tag.name}` },
        make('b', {}, tag['x-displayName']),
        make('span', { class: 'quiet' }, `${count} commands, ${events} events`),
      );
    });
  return [
    make('h1', {}, openapi.info.summary),
    ...prose(openapi.info.description),
    make(
      'p',
      {},
      'The documents: ',
      make('a', { href: '/openapi.json' }, 'OpenAPI 3.1'),
      ' · ',
      make('a', { href: '/asyncapi.json' }, 'AsyncAPI 3.0'),
      ' · ',
      make('a', { href: '/problems' }, 'all problems'),
    ),
    make('div', { class: 'cards' }, cards),
  ];
}

function tagPage(name, openapi, operations, asyncapi) {
  const tag = openapi.tags.find((one) => one.name === name);
  const rows = [...operations].filter(([, { operation }]) => operation.tags[0] === name);
  const events = Object.entries(asyncapi.components.messages).filter(([id]) => id.startsWith(`${name}.`));
  const row = (href, text, docs) => make('tr', {}, make('td', {}, make('a', { href }, text)), make('td', {}, docs));
  return [
    make('h1', {}, tag?.['x-displayName'] ?? name),
    ...prose(tag?.description),
    make('h2', {}, 'Commands'),
    make(
      'table',
      {},
      make(
        'tbody',
        {},
        rows.map(([id, { operation }]) =>
          row(`#/operation/${id}`, `${operation.summary}${id.endsWith('.new') ? ' (new)' : ''}`, operation.description.split('\n\n')[0]),
        ),
      ),
    ),
    make('h2', {}, 'Events'),
    make(
      'table',
      {},
      make(
        'tbody',
        {},
        events.map(([id, message]) => row(`#/event/${id}`, message.name, message.summary)),
      ),
    ),
  ];
}

function show(openapi, asyncapi, operations) {
  const [, kind = '', ...rest] = decodeURIComponent(location.hash).split('/');
  const name = rest.join('/');
  const pages = {
    operation: () => operationPage(operations.get(name), openapi),
    event: () => eventPage(name, asyncapi),
    live: () => livePage(name, asyncapi),
    tag: () => tagPage(name, openapi, operations, asyncapi),
  };
  const isKnown = kind === 'operation' ? operations.has(name) : kind === 'event' ? name in asyncapi.components.messages : kind in pages;
  byId('main').replaceChildren(...(isKnown ? pages[kind]() : homePage(openapi, operations, asyncapi)));
  byId('main').scrollTop = 0;
  for (const anchor of byId('menu').querySelectorAll('a')) {
    const isHere = anchor.getAttribute('href') === location.hash;
    if (isHere) {
      anchor.setAttribute('aria-current', 'page');
      anchor.closest('details').open = true;
    } else anchor.removeAttribute('aria-current');
  }
}

/** Shows only what has all the words. */
function filterMenu(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of byId('menu').querySelectorAll('details')) {
    const title = section.querySelector('summary').textContent.toLowerCase();
    let hits = 0;
    for (const anchor of section.querySelectorAll('a')) {
      const isHit = words.every((word) => `${title} ${anchor.textContent.toLowerCase()}`.includes(word));
      anchor.hidden = !isHit;
      hits += isHit ? 1 : 0;
    }
    section.hidden = hits === 0 && words.length > 0;
    if (words.length > 0) section.open = hits > 0;
  }
}

async function begin() {
  const [openapi, asyncapi] = await Promise.all(['/openapi.json', '/asyncapi.json'].map(async (path) => (await fetch(path)).json()));
  const operations = operationsOf(openapi);
  byId('version').textContent = openapi.info.version;
  byId('menu').replaceChildren(...menuOf(openapi, asyncapi, operations));
  byId('filter').addEventListener('input', (event) => filterMenu(event.target.value));
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.matches('input, textarea, select')) return;
    event.preventDefault();
    byId('filter').focus();
  });
  addEventListener('hashchange', () => show(openapi, asyncapi, operations));
  show(openapi, asyncapi, operations);
  await beginSession();
}

void begin().catch((error) => byId('main').replaceChildren(make('h1', {}, 'The documents could not be loaded'), make('p', {}, String(error.message ?? error))));
