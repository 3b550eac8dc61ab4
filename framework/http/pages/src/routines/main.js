// The routine pages for editors: the flow as a picture or a table, and one routine in full. The
// address names what is open: /routines#new_registration/5
import './routines.css';
import { addressParts } from '../shared/address.js';
import { ask } from '../shared/api.js';
import { setText } from '../shared/dom.js';
import { clockTime } from '../shared/format.js';
import { bindKeys, helpButton, openHelp } from '../shared/keys.js';
import { operatorHead, resume, signInForm } from '../shared/operator.js';
import { toggleTheme } from '../shared/theme.js';
import { detailsOf, findingList, overview } from './details.js';
import { h, plural, svg } from './element.js';
import { listOf } from './list.js';
import { makePicture } from './picture.js';
import { renew } from './renew.js';

const kRefresh = 20000; // ms

const state = { flows: [], flow: null, text: '', days: 0, view: 'picture', number: 0, found: null };

const main = document.getElementById('main');
const head = operatorHead('/routines', helpButton());
document.body.prepend(head);

// ---- the parts of the page

const flowChoice = h('div', { class: 'choice', role: 'group', 'aria-label': 'Flow' });
const days = h('select', { 'aria-label': 'Traffic of', onchange: () => { state.days = Number(days.value); load(true); } },
  [[0, 'All time'], [1, 'Today'], [7, 'Last 7 days'], [30, 'Last 30 days']].map(([value, text]) => h('option', { value }, text)));
const search = h('input', { type: 'search', placeholder: 'Search routines', 'aria-label': 'Search routines', autocomplete: 'off', oninput: () => find(true), onkeydown: goToFound });
// The time is beside what is told, or a screen reader would hear of it with each refresh.
const told = h('span', { role: 'status' });
const asOf = h('span', {});
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
  h('li', {}, h('span', { class: 'heat', 'aria-hidden': 'true' }), 'red: many stop'),
  h('li', {}, 'wide: much traffic'));

const work = h('div', { class: 'work' },
  h('div', { class: 'tools' },
    h('h1', {}, 'Routines'), flowChoice, search,
    h('div', { class: 'choice', role: 'group', 'aria-label': 'View' }, views), days,
    h('label', { class: 'tick', for: 'corrections' }, corrections, 'Corrections')),
  flowFindings,
  h('div', { class: 'sides-by-side' }, h('div', { class: 'panel drawing' }, pictureBox, listBox, h('div', { class: 'foot' }, legend, h('p', { class: 'told soft' }, told, asOf))), details));

// ---- what is open

function fromAddress() {
  const [flow, number] = addressParts();
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
  if (location.hash === address(number)) showDetails(true);
  else location.hash = address(number);
}

// `chosen`: just now, so it is brought into sight; a refresh leaves the picture where a reader put it.
function showDetails(chosen) {
  const routine = state.flow.routines.find((one) => one.number === state.number);
  picture.select(state.number, chosen);
  for (const row of listBox.querySelectorAll('tr[data-number]')) row.classList.toggle('selected', Number(row.dataset.number) === state.number);
  document.title = `${routine ? `${routine.number} ${routine.title} · ` : ''}Routines · Dugout`;
  const parts = routine ? detailsOf(routine, state.flow, link) : overview(state.flow, state.number, link);
  const other = details.dataset.of !== address(state.number);
  details.dataset.of = address(state.number);
  renew(details, parts.flat(Infinity).filter(Boolean), other);
  if (other) details.scrollTop = 0;
  if (state.focus) document.getElementById('details-title')?.focus();
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

// `typed`: the first that is found is brought into sight.
function find(typed) {
  const wanted = search.value.trim().toLowerCase();
  const exact = state.flow.routines.filter((routine) => String(routine.number) === wanted);
  const found = !wanted ? null : exact.length ? exact : state.flow.routines.filter((routine) => wordsOf(routine).includes(wanted));
  state.found = found && new Set(found.map((routine) => routine.number));
  picture.find(state.found, typed);
  for (const row of listBox.querySelectorAll('tr[data-number]')) row.hidden = state.found !== null && !state.found.has(Number(row.dataset.number));
  tell();
}

function goToFound(event) {
  if (event.key === 'Escape') { search.value = ''; find(true); }
  if (event.key !== 'Enter' || !state.found?.size) return;
  const numbers = [...state.found];
  open(numbers[(numbers.indexOf(state.number) + 1) % numbers.length], false);
}

function tell(trouble) {
  setText(told, trouble ?? (state.found ? plural(state.found.size, 'routine found', 'routines found') : plural(state.flow.routines.length, 'routine')));
  told.classList.toggle('trouble', Boolean(trouble));
}

// ---- asking the server

// `first`: another flow than before; `chosen`: another routine is open.
function drawFlow(first, chosen) {
  const flow = state.flow;
  renew(flowChoice, state.flows.map((one) => h('a', { href: address(0, one.flow), class: 'plain-button', 'aria-current': one.flow === flow.flow ? 'true' : null },
    one.title, one.errors + one.warnings ? h('span', { class: `badge ${one.errors ? 'bad' : 'warn'}` }, plural(one.errors + one.warnings, 'finding')) : null)));
  renew(flowFindings, flow.findings.length ? [h('section', { class: 'panel', 'aria-label': 'Findings of the flow' }, h('h2', {}, 'Findings that belong to no routine'), findingList(flow.findings, false))] : []);
  renew(listBox, [listOf(flow, link)], first);
  picture.draw(flow, first);
  find(false);
  showDetails(first || chosen);
}

let latest = 0;
async function load(afresh, resumed = false) {
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
    const { number } = fromAddress(); // the address may be another by now
    const chosen = state.number !== number;
    state.number = number;
    const other = flow.flow !== state.flow?.flow;
    const text = JSON.stringify([list, flow]);
    if (text !== state.text || afresh) {
      Object.assign(state, { text, flow, flows: list.flows });
      drawFlow(other, chosen);
    }
    tell();
    setText(asOf, `, as of ${clockTime(new Date())}`);
  } catch (error) {
    if (mine !== latest) return undefined;
    // A server that was started again knows no passes of before.
    if (error.status === 401 && !resumed && await resume()) return load(afresh, true);
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
  showDetails(true);
});
addEventListener('resize', () => picture.sight.move(0, 0));
setInterval(() => { if (document.visibilityState === 'visible' && main.contains(work)) load(false); }, kRefresh);
bindKeys({
  '/': ['Search routines', () => search.focus()],
  t: ['Light or dark', toggleTheme],
  '?': ['This help', openHelp],
});

main.replaceChildren(h('div', { class: 'state', role: 'status' }, h('p', {}, 'Loading the routines…')));
load(true);
