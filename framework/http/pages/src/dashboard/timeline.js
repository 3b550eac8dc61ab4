// One session: its turns, and in each the attempts with their waits, outcomes and reasons. Nothing
// that anybody said is here; the server does not tell it.
import { ask } from '../shared/api.js';
import { el, plain, setText } from '../shared/dom.js';
import { clockTime, count, dayTime, money, percent, plural, span, words } from '../shared/format.js';
import { quiet } from './outcomes.js';
import { scroll } from './panel.js';

export function timeline() {
  let shown = '';
  const title = el('h2', { id: 'story-title', tabindex: -1 }, 'One session');
  const facts = el('p', { class: 'soft' }, ' ');
  const all = el('button', { type: 'button', class: 'plain-button small', hidden: true, onclick: toggleAll }, 'Open all');
  const again = el('button', { type: 'button', class: 'plain-button small', hidden: true, onclick: () => load(shown) }, 'Refresh');
  const back = el('a', { href: '#sessions', class: 'back' }, '‹ All sessions');
  const turns = el('ol', { class: 'turns' });
  const state = el('div', { class: 'state', role: 'status' }, 'Choose a session to see its turns.');
  const element = el('section', { class: 'panel story', 'aria-labelledby': 'story-title' },
    el('header', {}, back, title, el('span', { class: 'end' }, all, again)), facts, state, scroll('Turns', turns));

  function toggleAll() {
    const folds = [...turns.querySelectorAll('details')];
    const open = folds.some((fold) => !fold.open);
    folds.forEach((fold) => { fold.open = open; });
    setText(all, open ? 'Close all' : 'Open all');
  }

  function say(text, failed = false) {
    state.hidden = text === '';
    state.classList.toggle('failed', failed);
    setText(state, text);
  }

  async function load(id) {
    const same = turns.dataset.of === id;
    const open = new Set(same ? [...turns.querySelectorAll('details[open]')].map((fold) => fold.dataset.turn) : []);
    if (!same) {
      turns.replaceChildren();
      setText(facts, ' ');
      say('Loading…');
    }
    try {
      const story = await ask(`/api/sessions/${encodeURIComponent(id)}`);
      if (id !== shown) return;
      turns.dataset.of = id;
      setText(title, `Session ${story.session}`);
      setText(facts, `${story.agent}${story.routine ? `, at ${story.routine} ${story.title ?? ''}` : ''} · ${turnsShown(story)} · ${words(story.state ?? '')}`);
      say(story.turns.length ? '' : 'It has no turn yet.');
      turns.replaceChildren(...story.turns.map((turn) => drawTurn(turn, open)));
      all.hidden = story.turns.length === 0;
      again.hidden = false;
    } catch (error) {
      if (id !== shown) return;
      again.hidden = false;
      say(error.status === 404 ? error.message : `The session could not be loaded: ${error.message}`, true);
    }
  }

  return {
    element,
    toggleAll,
    focus: () => title.focus(),
    open(id) {
      if (id === shown && id !== '') return;
      shown = id;
      all.hidden = true;
      if (id !== '') return load(id);
      turns.replaceChildren();
      delete turns.dataset.of;
      again.hidden = true;
      setText(title, 'One session');
      setText(facts, ' ');
      say('Choose a session to see its turns.');
    },
  };
}

function turnsShown(story) {
  const every = story.turns_all ?? story.turns.length;
  return story.turns.length < every ? `the last ${count(story.turns.length)} of ${plural(every, 'turn')}` : plural(every, 'turn');
}

function drawTurn(turn, open) {
  const attempts = turn.attempts ?? [];
  const answered = turn.answered_by ?? (attempts.length ? 'nobody' : 'no model asked');
  const when = el('time', { datetime: plain(turn.at), title: dayTime(turn.at) });
  setText(when, clockTime(turn.at));
  const by = el('span', { class: 'by' });
  setText(by, answered);
  const [word, kind] = verdict(attempts);
  const mark = el('span', { class: `badge ${kind}` }, word);
  const fold = el('details', { dataset: { turn: turn.turn } },
    el('summary', {}, when, el('span', { class: 'at-routine' }, `routine ${turn.routine || '–'}`), by,
      el('span', { class: 'figure' }, turn.took_ms === null ? 'not answered' : span(turn.took_ms)), mark),
    attempts.length ? drawAttempts(turn, attempts) : el('p', { class: 'soft' }, 'It was answered without a model.'));
  fold.open = open.has(turn.turn);
  return el('li', {}, fold);
}

// How a turn went, in a word and its colour.
function verdict(attempts) {
  const failures = attempts.filter((one) => !one.used && !quiet.has(one.outcome)).length;
  if (failures) return [`${count(failures)} failed`, 'bad'];
  if (attempts.length === 0) return ['no model', ''];
  if (attempts.some((one) => one.outcome === 'not_asked')) return ['passed over', 'warn'];
  return attempts.some((one) => one.hedge && one.used) ? ['hedge won', 'good'] : ['first try', 'good'];
}

// Where each attempt stands on the scale of its turn, in ms: one after the other with the wait before
// it; but a hedge, which comes after the attempt that it raced, waited and ran beside that one.
function places(attempts) {
  let [raced, end] = [0, 0];
  return attempts.map((one) => {
    const waits = one.hedge ? raced : end;
    const begins = waits + one.waited_ms;
    if (!one.hedge) raced = begins;
    end = Math.max(end, begins + one.took_ms);
    return { waits, begins, end };
  });
}

function drawAttempts(turn, attempts) {
  const stands = places(attempts);
  const whole = Math.max(1, stands[stands.length - 1].end);
  const list = el('ol', { class: 'attempts' });
  attempts.forEach((one, at) => {
    const bars = el('div', { class: 'track', 'aria-hidden': 'true' });
    if (one.waited_ms > 0) bars.append(piece('waited', stands[at].waits / whole, one.waited_ms / whole));
    bars.append(piece(kindOf(one), stands[at].begins / whole, one.took_ms / whole));
    list.append(drawAttempt(one, turn.sentences?.[at + 2], bars));
  });
  const conclusion = el('p', { class: 'conclusion' });
  setText(conclusion, turn.sentences?.[1] ?? '');
  return el('div', { class: 'fold' }, conclusion, list);
}

function kindOf(attempt) {
  if (attempt.used) return attempt.flagged ? 'warn' : 'good';
  return quiet.has(attempt.outcome) ? 'soft-bar' : 'bad';
}

function piece(kind, from, size) {
  const bar = el('i', { class: kind });
  bar.style.left = `${Math.min(from, 0.995) * 100}%`;
  bar.style.width = `max(3px, ${Math.min(size, 1) * 100}%)`;
  return bar;
}

function drawAttempt(one, sentence, bars) {
  const name = el('strong', { class: 'name' });
  setText(name, one.target);
  const outcome = el('span', { class: `badge ${kindOf(one) === 'soft-bar' ? '' : kindOf(one)}` });
  setText(outcome, words(one.outcome) + (one.status ? ` ${one.status}` : ''));
  const figures = [
    one.hedge ? `asked as well after ${span(one.waited_ms)}` : one.waited_ms > 0 ? `waited ${span(one.waited_ms)}` : '',
    `took ${span(one.took_ms)}`,
    one.input_tokens + one.output_tokens > 0 ? plural(one.input_tokens + one.output_tokens, 'token') : '',
    one.cost > 0 ? money(one.cost) : '',
    one.confidence !== null && one.confidence !== undefined ? `confidence ${percent(one.confidence)}` : '',
  ].filter(Boolean).join(' · ');
  const why = el('p', { class: 'why' });
  setText(why, sentence ?? [words(one.action), words(one.why)].filter(Boolean).join(': '));
  return el('li', {}, el('div', { class: 'attempt-head' },
    el('span', { class: 'soft' }, `${one.call}.${one.attempt}`), name, outcome, el('span', { class: 'soft figures' }, figures)), bars, why);
}
