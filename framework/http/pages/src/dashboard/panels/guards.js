// What keeps an outage from spreading: breakers, the retry budget, attempts under way, the cache.
import { el, setAttribute, setText } from '../../shared/dom.js';
import { bytes, count, percent, span, words } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';
import { badge, table } from '../table.js';

// At half of it and below nothing is tried again (framework/pipeline/retry_budget.hpp).
function retryBudget({ retry_tokens: left, retry_tokens_limit: limit }) {
  if (limit === 0) return ['off', ''];
  const text = `${count(Math.floor(left))} of ${count(limit)}`;
  return left > limit / 2 ? [text, ''] : [`${text}: no repeats below half`, 'warn'];
}

function cacheFigures({ hits, misses, shared, entries, bytes: size }) {
  const asked = hits + misses;
  return `${asked ? percent(hits / asked) : '–'} hits, ${count(shared)} shared, ${count(entries)} entries, ${bytes(size)}`;
}

// [title, guards -> [text, kind]]
const facts = [
  ['Retry budget', retryBudget],
  ['Under way', (g) => [g.under_way.length ? g.under_way.map((one) => `${one.provider} ${count(one.attempts)}`).join(', ') : 'none', '']],
  ['Cache', (g) => [cacheFigures(g.cache), '']],
];

const kinds = { closed: 'good', half_open: 'warn', open: 'bad' };

export function guardsPanel() {
  const breakers = table({
    label: 'Breakers', key: (row) => row.name, empty: 'No target has a breaker.',
    columns: [
      { title: 'Target', text: (row) => row.name },
      { title: 'Breaker', draw: (cell, row) => badge(cell, words(row.state), kinds[row.state] ?? '') },
      { title: 'Next probe', figure: true, text: (row) => (row.state === 'open' ? `in ${span(row.retry_in_s * 1000)}` : '') },
      { title: 'Opened', figure: true, text: (row) => `${count(row.opened)}×` },
    ],
  });
  const cells = facts.map(([title]) => ({ title, value: el('dd', {}, '–') }));
  return panel({
    id: 'guards', title: 'Guards', note: 'breakers, budget, cache', size: 5, height: 'medium',
    body: [scroll('Guards', breakers.element),
      el('dl', { class: 'facts' }, ...cells.flatMap(({ title, value }) => [el('dt', {}, title), value]))],
    update({ guards }) {
      breakers.update(guards.targets);
      facts.forEach(([, figure], at) => {
        const [text, kind] = figure(guards);
        setText(cells[at].value, text);
        setAttribute(cells[at].value, 'class', kind || null);
      });
    },
  });
}
