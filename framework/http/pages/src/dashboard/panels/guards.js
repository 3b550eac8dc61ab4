// What keeps an outage from spreading: breakers, the retry budget, attempts under way, the cache.
import { el, setText } from '../../shared/dom.js';
import { bytes, count, percent, span, words } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';
import { badge, table } from '../table.js';

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
  const facts = [
    ['Retry budget', (g) => `${count(Math.floor(g.retry_tokens))} left`],
    ['Under way', (g) => (g.under_way.length ? g.under_way.map((one) => `${one.provider} ${count(one.attempts)}`).join(', ') : 'none')],
    ['Cache', (g) => {
      const asked = g.cache.hits + g.cache.misses;
      return `${asked ? percent(g.cache.hits / asked) : '–'} hits, ${count(g.cache.shared)} shared, ${count(g.cache.entries)} entries, ${bytes(g.cache.bytes)}`;
    }],
  ];
  const cells = facts.map(([title]) => ({ title, value: el('dd', {}, '–') }));
  return panel({
    id: 'guards', title: 'Guards', note: 'breakers, budget, cache', size: 5, height: 'medium',
    body: [scroll('Guards', breakers.element),
      el('dl', { class: 'facts' }, ...cells.flatMap(({ title, value }) => [el('dt', {}, title), value]))],
    update({ guards }) {
      breakers.update(guards.targets);
      facts.forEach(([, value], at) => setText(cells[at].value, value(guards)));
    },
  });
}
