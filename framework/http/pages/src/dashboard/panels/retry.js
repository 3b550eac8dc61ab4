// How well retrying does: by call type, and what fails most.
import { count, percent, words } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';
import { bar, table } from '../table.js';

export function callTypesPanel() {
  const figures = table({
    label: 'Calls by type', key: (row) => row.call_type, empty: 'No call in the last hour.',
    columns: [
      { title: 'Call type', text: (row) => words(row.call_type) },
      { title: 'Calls', figure: true, text: (row) => count(row.calls) },
      { title: 'Success', figure: true, text: (row) => percent(row.success_rate) },
      { title: 'First try', figure: true, text: (row) => percent(row.first_try_rate) },
    ],
  });
  return panel({
    id: 'call-types', title: 'Calls', note: 'by type', size: 4, height: 'stages', body: [scroll('Calls by type', figures.element)],
    update: ({ retry_metrics: metrics }) => figures.update(metrics.by_call_type),
  });
}

export function errorsPanel() {
  const figures = table({
    label: 'Top errors', key: (row) => row.class, empty: 'Nothing failed in the last hour.',
    columns: [
      { title: 'Class', text: (row) => words(row.class) },
      { title: 'Share', draw: (cell, row) => bar(cell, percent(row.share), [[row.share, 'bad']]) },
      { title: 'Count', figure: true, text: (row) => count(row.count) },
    ],
  });
  return panel({
    id: 'errors', title: 'Top errors', note: 'of the last hour', size: 4, height: 'stages', body: [scroll('Top errors', figures.element)],
    update: ({ retry_metrics: metrics }) => figures.update(metrics.top_errors),
  });
}
