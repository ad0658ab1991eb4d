import { make, pretty, prose } from './dom.js';
import { fieldTable, resolved } from './schema-form.js';
import { session } from './session.js';

/** The page of one event: when it happens, its data, an example. */
export function eventPage(name, documents) {
  const message = documents.components.messages[name];
  const data = message.payload.allOf[1].properties.data;
  return [
    make('h1', {}, message.title),
    make('code', { class: 'path' }, make('span', { class: 'badge event' }, 'EVENT'), `  ${message.name}`),
    ...prose(message.summary),
    make(
      'p',
      {},
      make('span', { class: 'pill' }, `schema version ${message['x-schema-version']}`),
      make('a', { href: `#/live/${message.name}` }, 'Watch it live'),
    ),
    make('h2', {}, 'Data'),
    fieldTable(resolved(data, documents), documents),
    make('h2', {}, 'Example'),
    make('pre', {}, pretty(message.examples[0].payload)),
  ];
}

/** The frames of a stream: what `EventSource` would give, but with a token. */
async function* framesOf(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (rest + value).split('\n\n');
    rest = frames.pop();
    yield* frames;
  }
}

/** The live page: events as they happen, newest first, while it is open. */
export function livePage(type, documents) {
  const [list, state] = [make('ol', { class: 'live' }), make('span', { class: 'quiet', role: 'status' }, 'not connected')];
  const types = make('input', { value: type ?? '', placeholder: 'All types; or some, with commas between' });
  const after = make('input', { placeholder: 'From a position (empty: from the beginning)', inputmode: 'numeric' });
  let stopping = new AbortController();
  const stop = () => stopping.abort();
  const start = async () => {
    stop();
    stopping = new AbortController();
    list.replaceChildren();
    const query = new URLSearchParams(
      [
        ['types', types.value.trim()],
        ['after', after.value.trim()],
      ].filter(([, value]) => value !== ''),
    );
    try {
      const answer = await fetch(`/events/stream?${query}`, { headers: { Authorization: `Bearer ${session.token}` }, signal: stopping.signal });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      state.textContent = 'listening';
      for await (const frame of framesOf(answer)) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (data === undefined) continue;
        const event = JSON.parse(data);
        list.prepend(
          make(
            'li',
            {},
            make(
              'details',
              {},
              make('summary', {}, `${event.position} · ${event.type ?? 'end'} · ${event.time ?? ''} · ${event.subject ?? data}`),
              make('pre', {}, pretty(event)),
            ),
          ),
        );
        while (list.childElementCount > 500) list.lastElementChild.remove();
      }
      state.textContent = 'the stream has ended';
    } catch (error) {
      state.textContent = stopping.signal.aborted ? 'stopped' : String(error.message ?? error);
    }
  };
  addEventListener('hashchange', stop, { once: true });
  return [
    make('h1', {}, 'Live events'),
    ...prose(documents.channels.events.description),
    make('div', { class: 'fields' }, make('label', {}, 'types'), types, make('label', {}, 'after'), after),
    make('div', { class: 'row' }, make('button', { class: 'main', onclick: () => void start() }, 'Listen'), make('button', { onclick: stop }, 'Stop'), state),
    list,
  ];
}
