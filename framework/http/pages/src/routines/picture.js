// The flow as a picture: each routine a box, each edge an arrow as wide as its traffic. The boxes are
// buttons; the arrow keys go from one to the next.
import { duration, grouped, plural, svg } from './element.js';
import { arrow, curve, kNode, place, wrapped } from './layout.js';
import { renew } from './renew.js';
import { makeSight } from './sight.js';

const kWays = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export const stopShare = (routine) => (routine.reached > 0 ? routine.stopped / routine.reached : 0);

const kKinds = { route: 'server decides', end: 'end' };

// First what stands in the box, in its order: who speaks to the page says what is to be seen.
function described(routine) {
  const mark = markOf(routine);
  const parts = [`${routine.number} ${routine.title}`, countsOf(routine), mark.replace('⚠ ', '')];
  if (mark !== (kKinds[routine.kind] ?? mark)) parts.push(kKinds[routine.kind]);
  if (routine.changed && mark !== 'changed') parts.push('changed');
  if (routine.reached === 0) parts.push('nobody reached it');
  if (routine.median_s !== null) parts.push(`half left within ${duration(routine.median_s)}`);
  return parts.filter(Boolean).join(', ');
}

function drawNode(routine, at, start) {
  const { width, height } = kNode;
  const end = routine.kind === 'end';
  const radius = { route: 2, end: height / 2 }[routine.kind] ?? 10;
  const inset = end ? 26 : 12;
  const box = svg('rect', { class: 'box', width, height, rx: radius });
  box.style.setProperty('--heat', `${Math.round(Math.min(1, stopShare(routine) * 3) * 36)}%`);
  const lines = wrapped(routine.title, end ? 22 : 27);
  return svg('g', {
    class: `node node-${routine.kind}${start ? ' node-start' : ''}`,
    transform: `translate(${at.x - width / 2} ${at.y - height / 2})`,
    role: 'button', tabindex: '-1', 'data-number': routine.number, 'aria-label': described(routine),
  }, svg('g', { 'aria-hidden': 'true' },
    svg('rect', { class: 'ring', x: -5, y: -5, width: width + 10, height: height + 10, rx: radius + 5 }),
    box,
    end && svg('rect', { class: 'inner', x: 4, y: 4, width: width - 8, height: height - 8, rx: radius - 4 }),
    svg('text', { class: 'number', x: inset, y: 20 }, String(routine.number)), ' ',
    lines.map((line, index) => [svg('text', { class: 'title', x: inset, y: (lines.length > 1 ? 36 : 41) + index * 15 }, line), ' ']),
    svg('text', { class: 'counts', x: inset, y: 67 }, countsOf(routine)), ' ',
    svg('text', { class: routine.findings.length ? 'mark mark-finding' : 'mark', x: width - inset, y: 20, 'text-anchor': 'end' }, markOf(routine))));
}

function markOf(routine) {
  if (routine.findings.length) return `⚠ ${plural(routine.findings.length, 'finding')}`;
  if (routine.changed) return 'changed';
  return kKinds[routine.kind] ?? '';
}

function countsOf(routine) {
  if (routine.reached === 0) return '';
  const stopped = routine.stopped ? ` · ${grouped(routine.stopped)} stopped` : '';
  return `${grouped(routine.reached)} reached${stopped}`;
}

function drawEdge(edge, most) {
  const wide = edge.traffic > 0 ? 2 + 6 * Math.sqrt(edge.traffic / most) : 1.5;
  const head = Math.max(8, wide * 1.9);
  const last = edge.points[edge.points.length - 1];
  const before = edge.points[edge.points.length - 2];
  const length = Math.hypot(last.x - before.x, last.y - before.y) || 1;
  // The line ends within its arrow's head, so that a wide one has no blunt end.
  const short = { x: last.x - ((last.x - before.x) / length) * head * 0.7, y: last.y - ((last.y - before.y) / length) * head * 0.7 };
  const group = svg('g', { class: `edge edge-${edge.kind}${edge.traffic ? ' edge-used' : ''}${edge.jump ? ' edge-jump' : ''}`, 'data-from': edge.from, 'data-to': edge.to, 'data-traffic': edge.traffic },
    svg('path', { class: 'line', d: curve([...edge.points.slice(0, -1), short]), 'stroke-width': wide.toFixed(2) }),
    svg('polygon', { class: 'head', points: arrow(edge.points, head) }),
    svg('path', { class: 'touch', d: curve(edge.points) },
      svg('title', {}, `${edge.from || 'Start'} → ${edge.to}: ${edge.rules.length ? edge.rules.join('; or ') : edge.when}. Taken ${plural(edge.traffic, 'time')}.`)));
  return group;
}

function drawCount(edge) {
  const middle = edge.points[Math.floor(edge.points.length / 2)];
  const text = grouped(edge.traffic);
  const width = 10 + text.length * 7;
  return svg('g', { class: 'count', 'data-kind': edge.kind, 'data-from': edge.from, 'data-to': edge.to, transform: `translate(${middle.x} ${middle.y})` },
    svg('rect', { x: -width / 2, y: -9, width, height: 18, rx: 9 }),
    svg('text', { 'text-anchor': 'middle', y: 4 }, text));
}

// frame: the <svg>; chosen(number): a routine was opened.
export function makePicture(frame, chosen) {
  const moved = svg('g', {});
  frame.append(moved);
  const sight = makeSight(frame, moved);
  let placed = { nodes: new Map(), edges: [] };
  let nodes = new Map();
  let current = 0;
  let selected = 0;

  function hold(number, focus) {
    nodes.get(current)?.setAttribute('tabindex', '-1');
    current = nodes.has(number) ? number : [...nodes.keys()][0];
    nodes.get(current)?.setAttribute('tabindex', '0');
    if (!focus) return;
    nodes.get(current)?.focus({ preventScroll: true });
    sight.show(boxOf(current));
  }

  function boxOf(number) {
    const { x, y } = placed.nodes.get(number);
    return { x: x - kNode.width / 2, y: y - kNode.height / 2, ...kNode };
  }

  // The nearest node in this direction; what lies straight ahead counts as nearer.
  function beside(number, [dx, dy]) {
    const from = placed.nodes.get(number);
    let best = 0;
    let least = Infinity;
    for (const other of nodes.keys()) {
      const to = placed.nodes.get(other);
      const ahead = (to.x - from.x) * dx + (to.y - from.y) * dy;
      const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
      if (other === number || ahead < 8) continue;
      if (ahead + aside * 2.5 < least) [least, best] = [ahead + aside * 2.5, other];
    }
    return best;
  }

  frame.addEventListener('click', (event) => {
    const node = event.target.closest('.node');
    if (node) chosen(Number(node.dataset.number), false);
  });
  frame.addEventListener('focusin', (event) => {
    const node = event.target.closest('.node');
    if (node) hold(Number(node.dataset.number), false);
  });
  frame.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const node = event.target.closest('.node');
    const way = kWays[event.key];
    if (way && node) hold(beside(current, way) || current, true);
    else if (event.key === 'Home') hold([...nodes.keys()][0], true);
    else if (event.key === 'End') hold([...nodes.keys()].pop(), true);
    else if (node && (event.key === 'Enter' || event.key === ' ')) chosen(current, true);
    else if (event.key === '+' || event.key === '=') sight.zoom(1.25);
    else if (event.key === '-') sight.zoom(0.8);
    else if (event.key === '0') sight.all();
    else return;
    event.preventDefault();
  });

  function mark() {
    for (const [number, node] of nodes) {
      node.classList.toggle('selected', number === selected);
      if (number === selected) node.setAttribute('aria-current', 'true');
      else node.removeAttribute('aria-current');
    }
    for (const edge of moved.querySelectorAll('.edge, .count')) {
      const near = Number(edge.dataset.from) === selected || Number(edge.dataset.to) === selected;
      edge.classList.toggle('near', selected !== 0 && near);
    }
    moved.classList.toggle('has-selected', selected !== 0);
  }

  return {
    sight,
    begin() { sight.begin(placed.nodes.get(selected || 0).x); if (selected) sight.show(boxOf(selected), true); },
    // `first`: another flow than before; else what has not changed stays, and all stays in its place.
    draw(flow, first) {
      const held = frame.contains(document.activeElement);
      placed = place(flow);
      sight.resize(placed.width, placed.height);
      const most = Math.max(20, ...flow.edges.map((edge) => edge.traffic));
      const start = placed.nodes.get(0);
      const edges = [...placed.edges].sort((a, b) => a.traffic - b.traffic);
      renew(moved, [
        svg('g', { 'aria-hidden': 'true' }, edges.map((edge) => drawEdge(edge, most))),
        svg('g', { 'aria-hidden': 'true', class: 'start', transform: `translate(${start.x} ${start.y})` },
          svg('rect', { x: -60, y: -17, width: 120, height: 34, rx: 17 }), svg('text', { 'text-anchor': 'middle', y: 5 }, 'Start')),
        svg('g', {}, flow.routines.map((routine) => drawNode(routine, placed.nodes.get(routine.number), routine.number === flow.start))),
        svg('g', { 'aria-hidden': 'true' }, edges.filter((edge) => edge.traffic > 0).map(drawCount)),
      ], first);
      nodes = new Map([...moved.querySelectorAll('.node')].map((node) => [Number(node.dataset.number), node]));
      hold(current || flow.start, held && !frame.contains(document.activeElement));
      mark();
      if (first) sight.begin(start.x);
    },
    select(number, shown) {
      selected = nodes.has(number) ? number : 0;
      if (selected) hold(selected, false);
      mark();
      if (selected && shown) sight.show(boxOf(selected));
    },
    // Numbers that a search found, to be brought into sight; null = nothing is searched for.
    find(numbers, shown) {
      moved.classList.toggle('searching', numbers !== null);
      for (const [number, node] of nodes) node.classList.toggle('found', numbers !== null && numbers.has(number));
      if (shown && numbers !== null && numbers.size) sight.show(boxOf([...numbers][0]));
    },
    corrections(shown) { moved.classList.toggle('with-corrections', shown); },
  };
}
