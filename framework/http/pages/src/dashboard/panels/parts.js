// What it is made of: tools and plugins.
import { count, span, words } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';
import { badge, table } from '../table.js';

const kinds = { ready: 'good', degraded: 'warn', quarantined: 'bad' };
const rank = { quarantined: 0, degraded: 1 };

export function toolsPanel() {
  const figures = table({
    label: 'Tools', key: (row) => row.tool, empty: 'No tool ran in the last hour.',
    columns: [
      { title: 'Tool', text: (row) => words(row.tool) },
      { title: 'Runs', figure: true, text: (row) => count(row.runs) },
      { title: 'Failed', figure: true, text: (row) => count(row.failed) },
      { title: 'p95', figure: true, text: (row) => span(row.p95_ms) },
    ],
  });
  return panel({
    id: 'tools', title: 'Tools', note: 'of the last hour', size: 5, height: 'medium', body: [scroll('Tools', figures.element)],
    update: ({ tools }) => figures.update([...tools].sort((a, b) => b.failed - a.failed || b.runs - a.runs)),
  });
}

export function pluginsPanel() {
  const figures = table({
    label: 'Plugins', key: (row) => row.id, empty: 'No plugin is loaded.',
    columns: [
      { title: 'Plugin', text: (row) => row.id },
      { title: 'State', draw: (cell, row) => badge(cell, words(row.state), kinds[row.state] ?? '') },
      { title: 'Version', text: (row) => row.version },
      { title: 'Generation', figure: true, text: (row) => count(row.generation) },
    ],
  });
  const self = panel({
    id: 'plugins', title: 'Plugins', size: 7, height: 'medium', body: [scroll('Plugins', figures.element)],
    update({ plugins }) {
      figures.update([...plugins].sort((a, b) => (rank[a.state] ?? 2) - (rank[b.state] ?? 2) || a.id.localeCompare(b.id)));
      const generation = plugins.reduce((most, one) => Math.max(most, one.generation), 0);
      self.note(`${count(plugins.length)}, generation ${count(generation)}`);
    },
  });
  return self;
}
