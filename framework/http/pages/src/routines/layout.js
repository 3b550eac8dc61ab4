// Where the routines and the edges of a flow are drawn.
import { Graph, layout } from '@dagrejs/dagre';

export const kNode = { width: 204, height: 76 };

const kFar = 2.5; // ranks

// Corrections lead from nearly everywhere to one routine and back: they are drawn over the rest, and
// only when they are asked for.
const shapes = (edge) => edge.from !== edge.to && edge.kind !== 'correction' && edge.kind !== 'past';

// The last rule is the ordinary way, so its line should be short and straight.
function isOrdinary(flow, edge) {
  if (edge.kind === 'start') return true;
  const rules = flow.routines.find((routine) => routine.number === edge.from)?.next ?? [];
  return edge.kind === 'next' && rules[rules.length - 1]?.to === edge.to;
}

function arranged(flow, edges) {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: 'TB', nodesep: 30, ranksep: 44, edgesep: 12, marginx: 28, marginy: 28 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const routine of flow.routines) graph.setNode(String(routine.number), { ...kNode });
  graph.setNode('0', { width: 120, height: 34 });
  for (const edge of edges) graph.setEdge(String(edge.from), String(edge.to), { weight: isOrdinary(flow, edge) ? 12 : 1 });
  layout(graph);
  return graph;
}

// The edges that make up the order: without those that jump far ahead or back, such as to a summary,
// as they would tear the way apart. Each routine keeps a way in.
function near(flow) {
  const edges = flow.edges.filter(shapes);
  const first = arranged(flow, edges);
  const ranks = (edge) => (first.node(String(edge.to)).y - first.node(String(edge.from)).y) / (kNode.height + 44);
  const kept = edges.filter((edge) => isOrdinary(flow, edge) || (ranks(edge) > 0 && ranks(edge) <= kFar));
  for (const { number } of flow.routines) {
    if (kept.some((edge) => edge.to === number)) continue;
    const [best] = edges.filter((edge) => edge.to === number).sort((a, b) => Math.abs(ranks(a)) - Math.abs(ranks(b)));
    if (best) kept.push(best);
  }
  return kept;
}

// { width, height, nodes: Map(number -> {x, y}), edges: [{...edge, points}] }; middles of nodes.
export function place(flow) {
  const graph = arranged(flow, near(flow));
  const nodes = new Map(graph.nodes().map((name) => [Number(name), graph.node(name)]));
  const { width, height } = graph.graph();
  const edges = [];
  const jumps = [];
  for (const edge of flow.edges.filter((one) => one.from !== one.to)) {
    const known = shapes(edge) ? graph.edge(String(edge.from), String(edge.to)) : undefined;
    if (known) edges.push({ ...edge, points: known.points });
    else jumps.push(edge);
  }
  // The longer a jump, the further out its lane; those that are shown on demand share theirs.
  const length = (edge) => Math.abs(nodes.get(edge.from).y - nodes.get(edge.to).y);
  jumps.sort((a, b) => length(a) - length(b));
  let lanes = 0;
  for (const edge of jumps) {
    const lane = width - 10 + 13 * (shapes(edge) ? ++lanes : lanes + 1);
    edges.push({ ...edge, jump: true, points: aside(nodes.get(edge.from), nodes.get(edge.to), lane) });
  }
  return { width: width + 13 * (lanes + 2), height, nodes, edges };
}

// Out to a lane at the right, along it, and back in.
function aside(from, to, lane) {
  const [out, back] = [from.x + kNode.width / 2, to.x + kNode.width / 2];
  const [above, below] = [from.y + 12, to.y - 12];
  const turn = Math.sign(below - above) * Math.min(26, Math.abs(below - above) / 3);
  return [
    { x: out, y: above }, { x: (out + lane) / 2, y: above }, { x: lane, y: above }, { x: lane, y: above + turn },
    { x: lane, y: (above + below) / 2 },
    { x: lane, y: below - turn }, { x: lane, y: below }, { x: (back + lane) / 2, y: below }, { x: back, y: below },
  ];
}

// A smooth line (a cubic B-spline) through the points, from the first to the last.
export function curve(points) {
  const at = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const mix = (a, b, wa, wb) => at((a.x * wa + b.x * wb) / (wa + wb), (a.y * wa + b.y * wb) / (wa + wb));
  const [first, second] = points;
  let path = `M${at(first.x, first.y)}`;
  if (points.length < 3) return `${path}L${at(second.x, second.y)}`;
  path += `L${mix(first, second, 5, 1)}`;
  const tail = [...points, points[points.length - 1]];
  for (let i = 2; i < tail.length; ++i) {
    const [a, b, c] = [tail[i - 2], tail[i - 1], tail[i]];
    const end = at((a.x + 4 * b.x + c.x) / 6, (a.y + 4 * b.y + c.y) / 6);
    path += `C${mix(a, b, 2, 1)} ${mix(a, b, 1, 2)} ${end}`;
  }
  const last = points[points.length - 1];
  return `${path}L${at(last.x, last.y)}`;
}

// The head of an arrow at the last point.
export function arrow(points, size) {
  const tip = points[points.length - 1];
  const from = points[points.length - 2];
  const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1;
  const [dx, dy] = [(tip.x - from.x) / length, (tip.y - from.y) / length];
  const [bx, by] = [tip.x - dx * size, tip.y - dy * size];
  const half = size * 0.5;
  const corners = [[tip.x, tip.y], [bx - dy * half, by + dx * half], [bx + dy * half, by - dx * half]];
  return corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
}

// At most two lines of about so many characters; what is left over is cut.
export function wrapped(title, characters = 26) {
  const lines = [''];
  for (const word of title.split(/\s+/)) {
    const joined = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
    if (joined.length <= characters || !lines[lines.length - 1]) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  const short = (line) => (line.length > characters ? `${line.slice(0, characters - 1)}…` : line);
  if (lines.length > 2) lines.splice(1, lines.length - 1, `${lines[1].slice(0, characters - 1)}…`);
  return lines.map(short);
}
