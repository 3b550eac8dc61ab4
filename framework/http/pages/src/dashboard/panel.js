// A panel of the overview: a heading, a place that says of when old figures are, and a body whose
// height does not change with what is in it.
import { el, setText } from '../shared/dom.js';
import { clockTime } from '../shared/format.js';

// `size`: how many of twelve columns; `rows`: the class of its height.
export function panel({ id, title, note = '', size, height, tools = [], body, update }) {
  const asOf = el('span', { class: 'as-of' });
  const noted = el('span', { class: 'soft' }, note);
  const element = el('section', { class: `panel w${size} ${height}`, id, 'aria-labelledby': `${id}-title` },
    el('header', {},
      el('h2', { id: `${id}-title` }, title), noted,
      el('span', { class: 'end' }, asOf, ...tools)),
    ...body);
  return {
    element,
    note: (text) => setText(noted, text),
    // null: the figures are of now
    old(since) {
      element.classList.toggle('old', since !== null);
      setText(asOf, since ? `as of ${clockTime(since)}` : '');
    },
    // One panel that cannot draw what came does not take the others with it.
    update(data) {
      try {
        update(data);
        element.classList.remove('broken');
      } catch (error) {
        element.classList.add('broken');
        setText(asOf, 'could not be drawn');
        console.error(id, error);
      }
    },
  };
}

// A part that scrolls can be reached with the keyboard.
export function scroll(label, ...children) {
  return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label }, ...children);
}
