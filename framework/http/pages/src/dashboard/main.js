// The dashboard: signing in, the live connection, the two views, the keys.
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { addressParts } from '../shared/address.js';
import { ApiError, ask } from '../shared/api.js';
import { el, setText } from '../shared/dom.js';
import { bindKeys, helpButton, openHelp } from '../shared/keys.js';
import { listen } from '../shared/live.js';
import { operatorHead, resume, signInForm } from '../shared/operator.js';
import { toggleTheme } from '../shared/theme.js';
import { connectionState } from './connection.js';
import { overview } from './overview.js';
import { sessions } from './sessions.js';

const connection = connectionState();
const head = operatorHead('/dashboard', connection.element, helpButton());
const main = el('main', { id: 'main', tabindex: -1 });
document.body.append(head, main);

const views = { overview: overview(), sessions: sessions() };
const tabs = el('nav', { class: 'views', 'aria-label': 'Views' },
  el('a', { href: '#overview' }, 'Overview'),
  el('a', { href: '#sessions' }, 'Sessions'));
let stream = null;

// "#sessions/1f2e..." -> the view and what is opened in it
function place() {
  const [name, id = ''] = addressParts();
  return { name: views[name] ? name : 'overview', id };
}

function showView() {
  if (!stream) return;
  const { name, id } = place();
  for (const link of tabs.children) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  for (const [other, view] of Object.entries(views)) view.element.hidden = other !== name;
  views[name].show?.(id);
}

function begin() {
  head.signedIn(true);
  main.replaceChildren(tabs, ...Object.values(views).map((view) => view.element));
  stream = listen('/api/dashboard/events', 'dashboard', {
    onData: (data) => {
      connection.heard();
      views.overview.update(data);
    },
    onState: (state, why, words) => {
      if (state === 'live') connection.live();
      else connection.lost(why, words);
      views.overview.old(state === 'live' ? null : connection.lastHeard());
    },
    check: stillSignedIn,
  });
  showView();
}

// The stream was refused or has ended. A server that was started again knows no passes of before.
async function stillSignedIn() {
  try {
    await ask('/api/dashboard');
    return true;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) return true;
    if (await resume()) return true;
    leave();
    return false;
  }
}

function leave() {
  stream?.close();
  stream = null;
  connection.off();
  head.signedIn(false);
  signInForm(main, begin);
}

async function start() {
  main.replaceChildren(el('div', { class: 'state', role: 'status' }, 'Loading…'));
  try {
    await ask('/api/dashboard');
    begin();
  } catch (error) {
    if (error.status === 401) leave();
    else main.replaceChildren(startFailed(error));
  }
}

function startFailed(error) {
  const words = error.status === 404
    ? 'This server knows no operators, so its dashboard is off. Set DUGOUT_ADMIN_TOKEN, or operators in dugout.yaml, and start it again.'
    : error.message;
  const text = el('p', { role: 'alert' });
  setText(text, words);
  return el('div', { class: 'state failed' }, text,
    el('button', { type: 'button', class: 'plain-button', onclick: start }, 'Try again'));
}

bindKeys({
  o: ['Overview', () => { location.hash = '#overview'; }],
  s: ['Sessions', () => { location.hash = '#sessions'; }],
  '/': ['Find a session', () => { location.hash = '#sessions'; views.sessions.focusSearch(); }],
  j: ['Next session', () => views.sessions.step(1)],
  k: ['Session before', () => views.sessions.step(-1)],
  e: ['Open or close all turns of a session', () => views.sessions.toggleAll()],
  r: ['Connect again now', () => stream?.again()],
  t: ['Light or dark', toggleTheme],
  '?': ['This help', openHelp],
});
addEventListener('hashchange', showView);
start();
