// Jobs, and what telemetry could not keep.
import { el, setAttribute, setText } from '../../shared/dom.js';
import { count } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';

const facts = [
  ['Jobs waiting', (d) => d.jobs.waiting, () => ''],
  ['Jobs running', (d) => d.jobs.running, () => ''],
  ['Jobs done', (d) => d.jobs.done, () => ''],
  ['Jobs given up', (d) => d.jobs.given_up, (n) => (n > 0 ? 'bad' : '')],
  ['Log lines dropped', (d) => d.telemetry.log_dropped, (n) => (n > 0 ? 'warn' : '')],
  ['Spans exported', (d) => d.telemetry.spans_exported, () => ''],
  ['Spans dropped', (d) => d.telemetry.spans_dropped, (n) => (n > 0 ? 'warn' : '')],
];

export function workPanel() {
  const cells = facts.map(([title]) => ({ title, value: el('dd', {}, '–') }));
  const exporting = el('dd', {}, '–');
  return panel({
    id: 'work', title: 'Jobs and telemetry', size: 4, height: 'small',
    body: [scroll('Jobs and telemetry', el('dl', { class: 'facts' },
      ...cells.flatMap(({ title, value }) => [el('dt', {}, title), value]),
      el('dt', {}, 'Export of traces'), exporting))],
    update(data) {
      facts.forEach(([, figure, kind], at) => {
        const value = figure(data);
        setText(cells[at].value, count(value));
        setAttribute(cells[at].value, 'class', kind(value) || null);
      });
      setText(exporting, data.telemetry.export_failing ? 'failing' : 'in order');
      setAttribute(exporting, 'class', data.telemetry.export_failing ? 'bad' : null);
    },
  });
}
