// The flow as a table: the same as the picture, for whoever reads or hears tables better.
import { duration, h, grouped, plural, share } from './element.js';

export function listOf(flow, link) {
  const rows = flow.routines.map((routine) => {
    const to = [...new Set(flow.edges.filter((edge) => edge.from === routine.number && edge.to !== routine.number && edge.kind !== 'correction').map((edge) => edge.to))];
    return h('tr', { 'data-number': routine.number },
      h('th', { scope: 'row' }, link(routine.number, true), routine.kind === 'ask' ? null : h('span', { class: 'tag' }, routine.kind === 'end' ? 'End' : 'Server')),
      h('td', { class: 'numeral' }, grouped(routine.reached)),
      h('td', { class: 'numeral' }, grouped(routine.left)),
      h('td', { class: 'numeral' }, grouped(routine.here)),
      h('td', { class: 'numeral' }, routine.stopped ? `${grouped(routine.stopped)} (${share(routine.stopped, routine.reached)})` : '0'),
      h('td', { class: 'numeral' }, duration(routine.median_s)),
      h('td', {}, to.length ? to.map((other, index) => [index ? ', ' : '', link(other, false)]) : '–'),
      h('td', {}, routine.findings.length ? h('strong', { class: 'mark-finding' }, plural(routine.findings.length, 'finding')) : 'none'));
  });
  return h('table', { class: 'list' },
    h('caption', {}, `The routines of ${flow.title.toLowerCase()}, in the order of the way through`),
    h('thead', {}, h('tr', {}, ['Routine', 'Reached', 'Went on', 'Here', 'Stopped', 'Median', 'Leads to', 'Findings'].map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, rows));
}
