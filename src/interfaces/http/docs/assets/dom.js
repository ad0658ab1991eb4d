/** Elements, built by name. Text is only ever text: nothing here parses HTML. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

/** Sentences with `code` and paragraphs, as the documents write them. */
export function prose(text = '') {
  return text.split('\n\n').map((paragraph) => make('p', {}, ...paragraph.split('`').map((part, index) => (index % 2 === 1 ? make('code', {}, part) : part))));
}

export const byId = (id) => document.getElementById(id);
export const pretty = (value) => JSON.stringify(value, null, 2);

/** A block that can be copied. */
export function copyable(text) {
  const button = make('button', { class: 'small', type: 'button' }, 'Copy');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  });
  return make('div', {}, make('pre', {}, text), button);
}
