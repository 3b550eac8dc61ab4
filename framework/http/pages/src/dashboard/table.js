// A table that is brought up to date in place: rows are known by a key, and a cell changes only when
// its text does, so that scrolling, selection and focus stay where they are.
import { el, setAttribute, setText } from '../shared/dom.js';

// columns: { title, text: (row) => string, figure?, draw?: (cell, row) => void, hidden? (title unseen) }
export function table({ label, columns, key, empty }) {
  const body = el('tbody');
  const header = el('tr');
  const element = el('table', { 'aria-label': label }, el('thead', {}, header), body);
  const none = el('div', { class: 'state' }, 'Loading…'); // `empty` is known with the first rows
  const holder = el('div', { class: 'table' }, element, none);
  let shown = new Map();
  let current = [];
  let words = empty;

  function setColumns(next) {
    const names = next.map((column) => column.title).join('\n');
    if (names === current.map((column) => column.title).join('\n')) {
      current = next;
      return;
    }
    current = next;
    header.replaceChildren(...next.map((column) =>
      el('th', { scope: 'col', class: column.figure ? 'figure' : null },
        column.hidden ? el('span', { class: 'unseen' }, column.title) : column.title)));
    body.replaceChildren();
    shown = new Map();
  }

  function makeRow() {
    return el('tr', {}, ...current.map((column, at) =>
      el(at === 0 ? 'th' : 'td', { scope: at === 0 ? 'row' : null, class: column.figure ? 'figure' : 'name' })));
  }

  function update(rows) {
    const next = new Map();
    let before = null;
    for (const row of rows) {
      const name = key(row);
      const line = shown.get(name) ?? makeRow();
      current.forEach((column, at) => {
        if (column.draw) column.draw(line.cells[at], row);
        else setText(line.cells[at], column.text(row));
      });
      const wanted = before ? before.nextSibling : body.firstChild;
      if (wanted !== line) body.insertBefore(line, wanted);
      next.set(name, line);
      before = line;
    }
    for (const [name, line] of shown) if (!next.has(name)) line.remove();
    shown = next;
    element.hidden = rows.length === 0;
    none.hidden = rows.length !== 0;
    setText(none, words);
  }

  function say(text) {
    words = text;
    setText(none, text);
  }

  setColumns(columns);
  element.hidden = true;
  return { element: holder, update, setColumns, say };
}

// Cells that are more than text; each keeps its one child.
export function badge(cell, text, kind) {
  const mark = cell.firstElementChild ?? cell.appendChild(el('span'));
  setAttribute(mark, 'class', `badge ${kind}`);
  setText(mark, text);
}

// A bar beside its figure. `parts`: [[share 0..1, kind]...], drawn one after the other.
export function bar(cell, text, parts) {
  if (!cell.querySelector('.bar')) cell.replaceChildren(el('span', { class: 'bar', 'aria-hidden': 'true' }), el('span', { class: 'bar-text' }));
  const [track, figure] = cell.children;
  while (track.children.length < parts.length) track.append(el('i'));
  while (track.children.length > parts.length) track.lastChild.remove();
  parts.forEach(([share, kind], at) => {
    track.children[at].className = kind;
    track.children[at].style.width = `${Math.max(0, Math.min(1, share || 0)) * 100}%`;
  });
  setText(figure, text);
}
