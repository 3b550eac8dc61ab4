// Where the time of a turn goes.
import { count, span } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';
import { table } from '../table.js';

const names = { own: 'our own' };

export function stagesPanel() {
  const figures = table({
    label: 'Time by stage', key: (row) => row.stage, empty: 'No turn in the last hour.',
    columns: [
      { title: 'Stage', text: (row) => names[row.stage] ?? row.stage },
      { title: 'Count', figure: true, text: (row) => count(row.count) },
      { title: 'p50', figure: true, text: (row) => span(row.p50_ms) },
      { title: 'p95', figure: true, text: (row) => span(row.p95_ms) },
      { title: 'p99', figure: true, text: (row) => span(row.p99_ms) },
    ],
  });
  return panel({
    id: 'stages', title: 'Stages', note: 'of the last hour', size: 4, height: 'stages', body: [scroll('Time by stage', figures.element)],
    update: ({ stages }) => figures.update(stages),
  });
}
