// The figures of the last hour.
import { el, setText } from '../../shared/dom.js';
import { count, money, percent, plural, ratio, short, span } from '../../shared/format.js';
import { panel } from '../panel.js';

// [title, figure, note]
const tiles = [
  ['Turns', (d) => count(d.retry_metrics.turns), (d) => `${count(sum(d.series.failed))} failed`],
  ['Active sessions', (d) => count(d.sessions.active), () => 'with a turn in the last hour'],
  ['First try', (d) => percent(d.retry_metrics.first_try_rate), (d) => `of ${plural(d.retry_metrics.calls, 'call')}`],
  ['After a retry', (d) => percent(d.retry_metrics.after_retry_rate), () => 'of calls that failed at first'],
  ['Turn, p95', (d) => span(stage(d, 'turn').p95_ms), (d) => `half within ${span(stage(d, 'turn').p50_ms)}`],
  ['Attempts per success', (d) => ratio(d.retry_metrics.attempts_per_success), (d) => plural(d.retry_metrics.attempts, 'attempt')],
  ['Waited', (d) => span(d.waits.total_s * 1000), (d) => `in ${plural(d.waits.count, 'wait')}`],
  ['Cost', (d) => money(d.cost.money), (d) => `${short(d.cost.input_tokens)} tokens in, ${short(d.cost.output_tokens)} out`],
];

const sum = (list) => list.reduce((all, one) => all + (one ?? 0), 0);
const stage = (data, name) => data.stages.find((one) => one.stage === name) ?? {};

export function hourPanel() {
  const cells = tiles.map(([title]) => {
    const figure = el('dd', { class: 'big-figure' }, '–');
    const note = el('dd', { class: 'soft' }, ' ');
    return { figure, note, element: el('div', {}, el('dt', {}, title), figure, note) };
  });
  return panel({
    id: 'hour', title: 'Last hour', size: 8, height: 'top-row',
    body: [el('dl', { class: 'tiles' }, ...cells.map((cell) => cell.element))],
    update(data) {
      tiles.forEach(([, figure, note], at) => {
        setText(cells[at].figure, figure(data));
        setText(cells[at].note, note(data));
      });
    },
  });
}
