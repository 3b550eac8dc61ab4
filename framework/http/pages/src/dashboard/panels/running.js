// Turns that are in work this moment.
import { el, setAttribute, setText } from '../../shared/dom.js';
import { count, span } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';
import { table } from '../table.js';

function sessionLink(cell, row) {
  const link = cell.firstElementChild ?? cell.appendChild(el('a', { class: 'mono' }));
  setAttribute(link, 'href', `#sessions/${encodeURIComponent(row.session)}`);
  setText(link, row.session);
}

export function runningPanel() {
  const figures = table({
    label: 'Running turns', key: (row) => row.turn, empty: 'No turn is running.',
    columns: [
      { title: 'Session', draw: sessionLink },
      { title: 'Stage', text: (row) => row.stage },
      { title: 'With', text: (row) => row.detail },
      { title: 'For', figure: true, text: (row) => span(row.for_ms) },
    ],
  });
  const self = panel({
    id: 'running', title: 'Running turns', note: 'none', size: 8, height: 'small', body: [scroll('Running turns', figures.element)],
    update({ running }) {
      figures.update([...running].sort((a, b) => b.for_ms - a.for_ms));
      self.note(running.length ? count(running.length) : 'none');
    },
  });
  return self;
}
