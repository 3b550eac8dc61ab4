// Attempts of the last hour: which target was asked, and what came of it.
import { count, percent, words } from '../../shared/format.js';
import { good, quiet, uncounted } from '../outcomes.js';
import { panel, scroll } from '../panel.js';
import { bar, table } from '../table.js';

function byTarget(attempts) {
  const targets = new Map();
  for (const { target, outcome, count: n } of attempts) {
    if (!targets.has(target)) targets.set(target, { target, all: 0, counted: 0, good: 0, outcomes: new Map() });
    const row = targets.get(target);
    row.all += n;
    if (!uncounted.has(outcome)) row.counted += n;
    if (good.has(outcome)) row.good += n;
    row.outcomes.set(outcome, (row.outcomes.get(outcome) ?? 0) + n);
  }
  return [...targets.values()].sort((a, b) => b.all - a.all || a.target.localeCompare(b.target));
}

const rank = (outcome) => (good.has(outcome) ? 0 : quiet.has(outcome) || uncounted.has(outcome) ? 2 : 1);

// What went well first, then what went wrong most, then what was neither.
function outcomesOf(attempts) {
  const totals = new Map();
  for (const { outcome, count: n } of attempts) totals.set(outcome, (totals.get(outcome) ?? 0) + n);
  return [...totals.keys()].sort((a, b) => rank(a) - rank(b) || totals.get(b) - totals.get(a) || a.localeCompare(b));
}

// The rate of `retry_metrics`, for one target; a dash where nothing is counted.
function drawSuccess(cell, { good: well, counted }) {
  const share = counted > 0 ? well / counted : null;
  bar(cell, percent(share), share === null ? [] : [[share, 'good'], [1 - share, 'bad']]);
}

export function attemptsPanel() {
  const figures = table({ label: 'Attempts by target and outcome', columns: [], key: (row) => row.target, empty: 'No attempt in the last hour.' });
  const self = panel({
    id: 'attempts', title: 'Attempts', note: 'by target and outcome', size: 7, height: 'medium', body: [scroll('Attempts by target and outcome', figures.element)],
    update({ attempts }) {
      const rows = byTarget(attempts);
      figures.setColumns([
        { title: 'Target', text: (row) => row.target },
        { title: 'Success', draw: drawSuccess },
        { title: 'All', figure: true, text: (row) => count(row.all) },
        ...outcomesOf(attempts).map((outcome) => ({
          title: words(outcome), figure: true, text: (row) => (row.outcomes.has(outcome) ? count(row.outcomes.get(outcome)) : ''),
        })),
      ]);
      figures.update(rows);
      self.note(`${count(rows.reduce((all, row) => all + row.all, 0))} by target and outcome`);
    },
  });
  return self;
}
