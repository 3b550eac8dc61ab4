// The sessions, newest first, and beside them the story of the one that is opened.
import { ask } from '../shared/api.js';
import { el, setAttribute, setText } from '../shared/dom.js';
import { ago, count } from '../shared/format.js';
import { scroll } from './panel.js';
import { badge, table } from './table.js';
import { timeline } from './timeline.js';

const atOnce = 50;

export function sessions() {
  let rows = [];
  let next = null;
  let loading = null; // the load whose answer is waited for; the latest one counts
  let opened = '';
  const story = timeline();

  const search = el('input', { type: 'search', id: 'find', placeholder: '1f2e3d4c5b6a7988', autocomplete: 'off', spellcheck: 'false' });
  const stuck = el('input', { type: 'checkbox', id: 'stuck', onchange: () => load(false) });
  const more = el('button', { type: 'button', class: 'plain-button', hidden: true, onclick: () => load(true) }, 'Show more');
  const again = el('button', { type: 'button', class: 'plain-button small', onclick: () => load(false) }, 'Refresh');
  const said = el('p', { class: 'soft', role: 'status' }, ' ');
  const list = table({
    label: 'Sessions', key: (row) => row.session, empty: 'Loading…',
    columns: [
      { title: 'Session', draw: drawLink },
      { title: 'Where', text: (row) => (row.routine ? `${row.routine} ${row.title ?? ''}`.trim() : row.agent) },
      { title: 'Turns', figure: true, text: (row) => count(row.turns) },
      { title: 'State', draw: (cell, row) => badge(cell, row.state, row.state === 'registered' ? 'good' : '') },
      { title: 'Changed', figure: true, text: (row) => ago(row.updated) },
    ],
  });

  function drawLink(cell, row) {
    const link = cell.firstElementChild ?? cell.appendChild(el('a', { class: 'mono' }));
    setAttribute(link, 'href', `#sessions/${encodeURIComponent(row.id)}`);
    setText(link, row.session);
    setAttribute(link, 'aria-current', row.id === opened ? 'true' : null);
    cell.parentNode.classList.toggle('opened', row.id === opened);
  }

  async function load(further) {
    // What follows is asked for once there is a list that it follows.
    if (further && loading) return;
    const mine = {};
    loading = mine;
    const query = new URLSearchParams({ limit: String(atOnce) });
    if (further && next) query.set('before', next);
    if (stuck.checked) query.set('stuck', 'true');
    try {
      const answer = await ask(`/api/sessions?${query}`);
      if (loading !== mine) return;
      rows = further ? [...rows, ...answer.sessions] : answer.sessions;
      next = answer.next;
      list.say(stuck.checked ? 'Nobody is stuck.' : 'There is no session yet.');
      list.update(rows);
      setText(said, rows.length ? `${count(rows.length)} shown${next ? ', there are more' : ''}` : ' ');
    } catch (error) {
      if (loading !== mine) return;
      list.say(`The sessions could not be loaded: ${error.message}`);
      if (rows.length === 0) list.update([]);
      setText(said, `Not up to date: ${error.message}`);
    } finally {
      if (loading === mine) {
        more.hidden = !next;
        loading = null;
      }
    }
  }

  const go = (id) => { location.hash = id ? `#sessions/${encodeURIComponent(id)}` : '#sessions'; };

  const listPanel = el('section', { class: 'panel list', 'aria-labelledby': 'sessions-title' },
    el('header', {}, el('h2', { id: 'sessions-title' }, 'Sessions'), el('span', { class: 'end' }, again)),
    el('form', { class: 'filter', role: 'search', onsubmit: (event) => { event.preventDefault(); if (search.value.trim()) go(search.value.trim()); } },
      el('label', { for: 'find', class: 'unseen' }, 'Find a session by its short id'), search,
      el('button', { type: 'submit', class: 'plain-button' }, 'Open'),
      el('label', { class: 'check' }, stuck, ' only those that stopped')),
    said, scroll('Sessions', list.element, more));
  const element = el('div', { class: 'sessions' }, el('h1', { class: 'unseen' }, 'Sessions'), listPanel, story.element);

  return {
    element,
    focusSearch: () => search.focus(),
    toggleAll: () => !element.hidden && story.toggleAll(),
    step(by) {
      if (element.hidden || rows.length === 0) return;
      const at = rows.findIndex((row) => row.id === opened);
      const wanted = at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by));
      go(rows[wanted].id);
    },
    show(id) {
      opened = id;
      element.classList.toggle('one', id !== '');
      if (id === '' || rows.length === 0) load(false);
      else list.update(rows);
      element.querySelector('tr.opened')?.scrollIntoView({ block: 'nearest' });
      story.open(id);
      // On a phone the list has made way, and what had the focus with it.
      if (id !== '' && getComputedStyle(listPanel).display === 'none') story.focus();
    },
  };
}
