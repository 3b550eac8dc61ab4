// The routine pages for editors: the flow as a picture or a table, and one routine in full. The
// address names what is open: /routines#new_registration/5
import './routines.css';
import { ask } from '../shared/api.js';
import { clockTime } from '../shared/format.js';
import { operatorHead, signInForm } from '../shared/operator.js';
import { detailsOf, findingList, overview } from './details.js';
import { h, plural, svg } from './element.js';
import { listOf } from './list.js';
import { makePicture } from './picture.js';

const kRefresh = 20000; // ms

const state = { flows: [], flow: null, text: '', days: 0, view: 'picture', number: 0, found: null };

const main = document.getElementById('main');
const head = operatorHead('/routines');
document.body.prepend(head);

// ---- the parts of the page

const flowChoice = h('div', { class: 'choice', role: 'group', 'aria-label': 'Flow' });
const days = h('select', { 'aria-label': 'Traffic of', onchange: () => { state.days = Number(days.value); load(true); } },
  [[0, 'All time'], [1, 'Today'], [7, 'Last 7 days'], [30, 'Last 30 days']].map(([value, text]) => h('option', { value }, text)));
const search = h('input', { type: 'search', placeholder: 'Search routines', 'aria-label': 'Search routines', autocomplete: 'off', oninput: find, onkeydown: goToFound });
const told = h('p', { class: 'told soft', role: 'status' });
const views = ['picture', 'list'].map((view) =>
  h('button', { type: 'button', class: 'plain-button', 'aria-pressed': view === 'picture' ? 'true' : 'false', onclick: () => show(view) }, view === 'picture' ? 'Picture' : 'Table'));
const corrections = h('input', { type: 'checkbox', id: 'corrections', onchange: () => picture.corrections(corrections.checked) });
const frame = svg('svg', { class: 'picture', role: 'group', 'aria-label': 'Picture of the flow. Arrow keys go from routine to routine, Enter opens one, plus and minus zoom.' });
const picture = makePicture(frame, open);
const zoom = (label, text, act) => h('button', { type: 'button', class: 'plain-button', 'aria-label': label, title: label, onclick: act }, text);
const pictureBox = h('div', { class: 'picture-box' }, frame,
  h('div', { class: 'zoom' }, zoom('Zoom in', '+', () => picture.sight.zoom(1.25)), zoom('Zoom out', '−', () => picture.sight.zoom(0.8)),
    zoom('Show all', 'All', () => picture.sight.all()), zoom('1:1, a size to read', '1:1', () => picture.begin())));
const listBox = h('div', { class: 'list-box scroll', hidden: true, tabindex: '0', role: 'region', 'aria-label': 'Table of the routines' });
const flowFindings = h('div', {});
const details = h('section', { class: 'details panel', 'aria-label': 'The routine that is open', tabindex: '0' });
const legend = h('ul', { class: 'legend', 'aria-label': 'What the picture shows' },
  [['next', 'next rule'], ['failure', 'a tool failed'], ['repair', 'gave up asking'], ['correction', 'correction']].map(([kind, text]) =>
    h('li', {}, svg('svg', { width: 34, height: 10, 'aria-hidden': 'true' }, svg('g', { class: `edge edge-${kind} edge-legend` }, svg('path', { class: 'line', d: 'M0 5L24 5', 'stroke-width': 2.5 }), svg('polygon', { class: 'head', points: '34,5 24,0 24,10' }))), text)),
  h('li', {}, h('span', { class: 'heat', 'aria-hidden': 'true' }), 'red: many stop here'),
  h('li', {}, 'wide: much traffic'));

const work = h('div', { class: 'work' },
  h('div', { class: 'tools' },
    h('h1', {}, 'Routines'), flowChoice, search,
    h('div', { class: 'choice', role: 'group', 'aria-label': 'View' }, views), days,
    h('label', { class: 'tick', for: 'corrections' }, corrections, 'Corrections')),
  flowFindings,
  h('div', { class: 'sides-by-side' }, h('div', { class: 'panel drawing' }, pictureBox, listBox, h('div', { class: 'foot' }, legend, told)), details));

// ---- what is open

function fromAddress() {
  const [flow, number] = decodeURIComponent(location.hash.slice(1)).split('/');
  return { flow, number: /^\d{1,4}$/.test(number ?? '') ? Number(number) : 0 };
}

const address = (number, flow = state.flow?.flow) => `#${encodeURIComponent(flow)}${number ? `/${number}` : ''}`;

function link(number, whole) {
  const routine = state.flow.routines.find((one) => one.number === number);
  return h('a', { href: address(number), title: routine?.title }, whole ? `${number} ${routine?.title ?? ''}` : String(number), !whole && routine ? h('span', { class: 'unseen' }, ` ${routine.title}`) : null);
}

// A routine was chosen in the picture; with the keyboard, reading goes on in its text.
function open(number, byKey) {
  state.focus = byKey;
  if (location.hash === address(number)) showDetails();
  else location.hash = address(number);
}

function showDetails() {
  const routine = state.flow.routines.find((one) => one.number === state.number);
  picture.select(state.number, true);
  for (const row of listBox.querySelectorAll('tr[data-number]')) row.classList.toggle('selected', Number(row.dataset.number) === state.number);
  document.title = `${routine ? `${routine.number} ${routine.title} · ` : ''}Routines · Dugout`;
  if (!routine) {
    delete details.dataset.number;
    details.replaceChildren(...overview(state.flow, state.number, link));
    return;
  }
  const kept = details.dataset.number === String(routine.number) ? [details.scrollTop, details.querySelector('.yaml')?.scrollTop ?? 0] : null;
  const unfolded = kept && details.querySelector('.others')?.open;
  details.dataset.number = routine.number;
  details.replaceChildren(...detailsOf(routine, state.flow, link).flat(Infinity).filter(Boolean));
  if (kept) {
    details.scrollTop = kept[0];
    const yaml = details.querySelector('.yaml');
    if (yaml) yaml.scrollTop = kept[1];
    if (unfolded) details.querySelector('.others').open = true;
  } else {
    details.scrollTop = 0;
  }
  if (state.focus) document.getElementById('details-title').focus();
  state.focus = false;
}

function show(view) {
  state.view = view;
  views.forEach((button, index) => button.setAttribute('aria-pressed', String(index === (view === 'picture' ? 0 : 1))));
  pictureBox.hidden = legend.hidden = view !== 'picture';
  listBox.hidden = view !== 'list';
}

// ---- searching

const wordsOf = (routine) => [routine.number, routine.name, routine.title, routine.sample, ...routine.fields.flatMap((field) => [field.name, field.label]),
  ...routine.calls.map((call) => call.tool), routine.yaml ?? ''].join('\n').toLowerCase();

function find() {
  const wanted = search.value.trim().toLowerCase();
  const exact = state.flow.routines.filter((routine) => String(routine.number) === wanted);
  const found = !wanted ? null : exact.length ? exact : state.flow.routines.filter((routine) => wordsOf(routine).includes(wanted));
  state.found = found && new Set(found.map((routine) => routine.number));
  picture.find(state.found);
  for (const row of listBox.querySelectorAll('tr[data-number]')) row.hidden = state.found !== null && !state.found.has(Number(row.dataset.number));
  tell();
}

function goToFound(event) {
  if (event.key === 'Escape') { search.value = ''; find(); }
  if (event.key !== 'Enter' || !state.found?.size) return;
  const numbers = [...state.found];
  open(numbers[(numbers.indexOf(state.number) + 1) % numbers.length], false);
}

function tell(trouble) {
  const text = trouble ?? (state.found ? plural(state.found.size, 'routine found', 'routines found') : `${plural(state.flow.routines.length, 'routine')}, as of ${clockTime(new Date())}`);
  if (told.textContent !== text) told.textContent = text;
  told.classList.toggle('trouble', Boolean(trouble));
}

// ---- asking the server

function drawFlow(first) {
  const flow = state.flow;
  flowChoice.replaceChildren(...state.flows.map((one) => h('a', { href: address(0, one.flow), class: 'plain-button', 'aria-current': one.flow === flow.flow ? 'true' : null },
    one.title, one.errors + one.warnings ? h('span', { class: `badge ${one.errors ? 'bad' : 'warn'}` }, plural(one.errors + one.warnings, 'finding')) : null)));
  flowFindings.replaceChildren(...(flow.findings.length ? [h('section', { class: 'panel', 'aria-label': 'Findings of the flow' }, h('h2', {}, 'Findings that belong to no routine'), findingList(flow.findings, false))] : []));
  listBox.replaceChildren(listOf(flow, link));
  picture.draw(flow, first);
  find();
  showDetails();
}

let latest = 0;
async function load(afresh) {
  const mine = ++latest;
  try {
    const list = await ask('/api/flows');
    const wanted = fromAddress();
    const name = list.flows.some((one) => one.flow === wanted.flow) ? wanted.flow : list.flows[0]?.flow;
    if (!name) return empty('There are no flows', 'The application has no folder of routines.');
    const flow = await ask(`/api/flows/${encodeURIComponent(name)}?days=${state.days}`, { timeout: 30000 });
    if (mine !== latest) return undefined;
    if (!main.contains(work)) main.replaceChildren(work);
    head.signedIn(true);
    state.number = wanted.number;
    const other = flow.flow !== state.flow?.flow;
    const text = JSON.stringify([list, flow]);
    // What has not changed is left alone, and so is whatever a reader has unfolded or selected.
    if (text !== state.text || afresh) {
      Object.assign(state, { text, flow, flows: list.flows });
      drawFlow(other);
    }
    tell();
  } catch (error) {
    if (mine !== latest) return undefined;
    if (error.status === 401 || error.status === 404) return signIn();
    if (state.flow && main.contains(work)) tell(`Not refreshed: ${error.message}`);
    else empty('This cannot be shown just now', error.message, true);
  }
  return undefined;
}

function signIn() {
  head.signedIn(false);
  state.text = '';
  if (!main.querySelector('.sign-in')) signInForm(main, () => load(true));
}

function empty(title, text, again) {
  main.replaceChildren(h('div', { class: 'state failed', role: 'alert' }, h('h1', {}, title), h('p', {}, text),
    again ? h('button', { type: 'button', class: 'main', onclick: () => load(true) }, 'Try again') : null));
}

addEventListener('hashchange', () => {
  const wanted = fromAddress();
  if (!state.flow) return;
  if (wanted.flow !== state.flow.flow) { load(true); return; }
  state.number = wanted.number;
  showDetails();
});
addEventListener('resize', () => picture.sight.move(0, 0));
setInterval(() => { if (document.visibilityState === 'visible' && main.contains(work)) load(false); }, kRefresh);
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.closest('input, select, textarea')) return;
  event.preventDefault();
  search.focus();
});

main.replaceChildren(h('div', { class: 'state', role: 'status' }, h('p', {}, 'Loading the routines…')));
load(true);
