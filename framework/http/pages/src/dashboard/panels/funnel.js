// How far people come, routine by routine, and where they stop. It changes slowly and is asked for
// by itself, twice a minute.
import { ask } from '../../shared/api.js';
import { el, setText } from '../../shared/dom.js';
import { count, percent, span } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';
import { bar, table } from '../table.js';

const every = 30000;
const marked = 3; // so many of the routines where most stop are marked

export function funnelPanel() {
  let flows = [];
  let chosen = null;
  let worst = new Set();
  let timer = null;
  let oldSince = null;
  let loadedAt = null;
  let failed = false;

  const choice = el('select', { 'aria-label': 'Flow', onchange: () => { chosen = choice.value; show(); } });
  const order = el('select', { 'aria-label': 'Order', onchange: show },
    el('option', { value: 'flow' }, 'in the order of the flow'),
    el('option', { value: 'stopped' }, 'most stopped first'));
  const said = el('p', { class: 'soft lead' }, ' ');
  const first = () => Math.max(1, ...(current()?.steps ?? []).map((step) => step.reached));
  const figures = table({
    label: 'The funnel over the routines', key: (row) => String(row.routine), empty: 'Loading…',
    columns: [
      { title: 'Routine', text: (row) => `${row.routine} ${row.title || row.name}` },
      { title: 'Reached', draw: (cell, row) => bar(cell, count(row.reached), [[row.left / first(), 'done'], [(row.reached - row.left - row.stopped) / first(), 'here'], [row.stopped / first(), 'bad']]) },
      { title: 'Stopped', figure: true, draw: drawStopped },
      { title: 'Share', figure: true, text: (row) => (row.reached ? percent(row.stopped / row.reached) : '–') },
      { title: 'Median', figure: true, text: (row) => (row.median_s === null ? '–' : span(row.median_s * 1000)) },
    ],
  });

  const current = () => flows.find((flow) => flow.flow === chosen) ?? flows[0];

  function drawStopped(cell, row) {
    setText(cell, count(row.stopped));
    cell.classList.toggle('most', worst.has(row.routine));
  }

  function show() {
    const flow = current();
    const options = flows.map((one) => one.flow).join('\n');
    if (choice.dataset.options !== options) {
      choice.dataset.options = options;
      choice.replaceChildren(...flows.map((one) => {
        const option = el('option', { value: one.flow });
        setText(option, one.flow.replaceAll('_', ' '));
        return option;
      }));
    }
    if (!flow) return figures.update([]);
    choice.value = flow.flow;
    const byStopped = [...flow.steps].sort((a, b) => b.stopped - a.stopped || a.routine - b.routine);
    worst = new Set(byStopped.filter((step) => step.stopped > 0).slice(0, marked).map((step) => step.routine));
    figures.update(order.value === 'stopped' ? byStopped : flow.steps);
    const top = byStopped[0];
    setText(said, top && top.stopped > 0
      ? `Most stop at ${top.routine} “${top.title || top.name}”: ${count(top.stopped)} of the ${count(top.reached)} who reached it.`
      : 'Nobody has stopped on the way.');
  }

  async function load() {
    clearTimeout(timer);
    timer = setTimeout(load, every);
    if (document.visibilityState === 'hidden' || oldSince) return;
    try {
      flows = (await ask('/api/funnel')).flows;
      loadedAt = new Date();
      failed = false;
      figures.say('No routine has been reached yet.');
      show();
    } catch (error) {
      failed = true;
      figures.say(`The funnel could not be loaded: ${error.message}`);
    }
    self.old(oldSince);
  }

  const legend = el('span', { class: 'legend' },
    el('span', { class: 'key done' }, 'went on'), el('span', { class: 'key here' }, 'there now'), el('span', { class: 'key bad' }, 'stopped'));
  const self = panel({
    id: 'funnel', title: 'Funnel', note: 'where people stop', size: 12, height: 'tall',
    tools: [choice, order],
    body: [el('div', { class: 'lead-row' }, said, legend), scroll('The funnel over the routines', figures.element)],
    update() {
      if (timer === null) load();
    },
  });
  const mark = self.old;
  self.old = (since) => {
    const came = oldSince !== null && since === null;
    oldSince = since;
    mark(since || failed ? loadedAt ?? since : null);
    if (came) load();
  };
  return self;
}
