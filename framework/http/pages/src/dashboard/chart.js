// A chart over the last hour: uPlot for the eye, a sentence for who does not see it, and the same
// figures as a table for who wants to read them. Its place keeps its size.
import uPlot from 'uplot';
import { el, setAttribute, setText } from '../shared/dom.js';
import { minuteTime } from '../shared/format.js';
import { onTheme } from '../shared/theme.js';
import { table } from './table.js';
import { scroll } from './panel.js';

// The points that have no neighbour on either side.
function lonely(plot, series) {
  const list = plot.data[series];
  return list.map((_, at) => at).filter((at) => list[at] !== null && (list[at - 1] ?? null) === null && (list[at + 1] ?? null) === null);
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// series: { label, colour: '--series-1', bars?, format: (v) => string }
export function chart({ label, series, format, summary, empty, whole = false }) {
  const canvas = el('div', { class: 'canvas', role: 'img' });
  const none = el('div', { class: 'state over', hidden: true }, empty);
  const drawing = el('div', { class: 'drawing' }, canvas, none);
  const figures = table({
    label,
    key: (row) => row.at,
    empty,
    columns: [
      { title: 'Minute', text: (row) => minuteTime(new Date(row.at * 1000)) },
      ...series.map((one, at) => ({ title: one.label, figure: true, text: (row) => format(row.values[at]) })),
    ],
  });
  const reading = scroll(`${label}, as a table`, figures.element);
  reading.hidden = true;
  const element = el('div', { class: 'chart' }, drawing, reading);
  const toggle = el('button', { type: 'button', class: 'plain-button small', 'aria-pressed': 'false' }, 'Table');
  toggle.setAttribute('aria-label', `${label}: show as a table`);
  toggle.addEventListener('click', () => {
    reading.hidden = !reading.hidden;
    drawing.hidden = !reading.hidden;
    setAttribute(toggle, 'aria-pressed', String(!reading.hidden));
    resize();
  });

  let plot = null;
  let half = 30;
  let end = null; // when the last step began, s
  let last = null;

  function options() {
    const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    return {
      width: Math.max(canvas.clientWidth, 100),
      height: Math.max(canvas.clientHeight - 30, 60),
      padding: [10, 22, 0, 0], // right: half of the last label
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      legend: { live: true },
      // Half a step on both sides, or the bars at the ends would be cut.
      scales: { x: { time: true, range: (_, from, to) => [from - half, to + half] }, y: { range: (_, __, most) => [0, Math.max((most || 0) * 1.1, whole ? 4 : 1)] } },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((t) => minuteTime(new Date(t * 1000))), space: 70 },
        { ...axis, size: 64, space: 34, values: (_, ticks) => ticks.map((t) => (whole && !Number.isInteger(t) ? '' : format(t))), ...(whole ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] } : {}) },
      ],
      series: [
        { value: (_, t) => (t === null ? '–' : minuteTime(new Date(t * 1000))), label: 'Minute' },
        ...series.map((one) => ({
          label: one.label,
          stroke: colour(one.colour),
          fill: one.bars ? colour(one.colour) : undefined,
          width: one.bars ? 0 : 2,
          paths: one.bars ? uPlot.paths.bars({ size: [0.72, 18], radius: 0.2 }) : undefined,
          // A minute between two that are empty is no line; a dot shows it.
          points: one.bars ? { show: false } : { size: 5, fill: colour(one.colour), filter: lonely },
          spanGaps: false,
          value: (_, v) => format(v),
        })),
      ],
    };
  }

  function draw() {
    if (!last || drawing.hidden || canvas.clientWidth === 0) return;
    plot?.destroy();
    plot = new uPlot(options(), last, canvas);
    plot.over.addEventListener('mouseleave', showLatest);
    showLatest();
  }

  // Below the chart stand the figures under the pointer, else the latest.
  function showLatest() {
    if (plot && last[0].length > 0) plot.setLegend({ idx: last[0].length - 1 });
  }

  // The server works it out anew each time, to a second; a minute keeps its name and its place.
  function steady(began, step) {
    if (end === null) return began;
    const expected = end + Math.round((began - end) / step) * step;
    return Math.abs(expected - began) <= 1 ? expected : began;
  }

  function resize() {
    if (!plot) return draw();
    const width = Math.max(canvas.clientWidth, 100);
    const height = Math.max(canvas.clientHeight - 30, 60);
    if (canvas.clientWidth && (plot.width !== width || plot.height !== height)) plot.setSize({ width, height });
  }

  onTheme(draw);
  new ResizeObserver(resize).observe(canvas);

  return {
    element,
    toggle,
    // began: Date, of the last step; lists: one per series, oldest first. The steps are of the server's
    // own clock, so they begin at any second of the wall's minutes.
    update(began, step, lists) {
      const most = Math.max(0, ...lists.map((list) => list.length));
      end = steady(began.getTime() / 1000, step);
      const times = Array.from({ length: most }, (_, at) => end - (most - 1 - at) * step);
      last = [times, ...lists.map((list) => list.map((value) => value ?? null))];
      half = step / 2;
      if (!plot) draw();
      else {
        plot.setData(last);
        if (plot.cursor.idx === null || plot.cursor.idx === undefined || plot.cursor.left < 0) showLatest();
      }
      setAttribute(canvas, 'aria-label', summary(lists, times));
      none.hidden = lists.some((list) => list.some((value) => value));
      figures.update(times.map((at, i) => ({ at, values: lists.map((list) => list[i]) })).reverse());
    },
  };
}
