// The last hour, minute by minute.
import { count, minuteTime, span } from '../../shared/format.js';
import { chart } from '../chart.js';
import { panel } from '../panel.js';

const sum = (list) => list.reduce((all, one) => all + (one ?? 0), 0);
const most = (list) => Math.max(0, ...list.map((one) => one ?? 0));
// When the step that is running began.
const lastStep = (series) => new Date(series.began ?? series.until);

export function turnsPanel() {
  const drawn = chart({
    label: 'Turns a minute', whole: true, format: count, empty: 'No turn in the last hour.',
    series: [{ label: 'Turns', colour: '--series-1', bars: true }, { label: 'Failed', colour: '--series-2', bars: true }],
    summary: ([turns, failed], times) => `Turns a minute over the last hour: ${count(sum(turns))} turns, ${count(sum(failed))} failed`
      + (most(turns) > 0 ? `, at most ${count(most(turns))} in a minute, at ${minuteTime(new Date(times[turns.indexOf(most(turns))] * 1000))}.` : '.'),
  });
  return panel({
    id: 'turns', title: 'Turns', note: 'a minute', size: 6, height: 'charts', tools: [drawn.toggle], body: [drawn.element],
    update: ({ series }) => drawn.update(lastStep(series), series.step_s, [series.turns, series.failed]),
  });
}

export function latencyPanel() {
  const drawn = chart({
    label: 'Time of a turn', format: span, empty: 'No turn in the last hour.',
    series: [{ label: 'p95', colour: '--series-4' }, { label: 'p50', colour: '--series-3' }],
    summary: ([p95, p50]) => `Time of a turn over the last hour: half of them within ${span(lastOf(p50))} and 95 % within ${span(lastOf(p95))} in the latest minute; p95 at most ${span(most(p95))}.`,
  });
  return panel({
    id: 'latency', title: 'Time of a turn', note: 'half, and 95 of 100', size: 6, height: 'charts', tools: [drawn.toggle], body: [drawn.element],
    update: ({ series }) => drawn.update(lastStep(series), series.step_s, [series.p95_ms, series.p50_ms]),
  });
}

const lastOf = (list) => [...list].reverse().find((one) => one !== null) ?? null;
