// The parents' page: what was said above, the answer below. The server keeps the position; this page
// shows it, and sees to it that each message arrives once.
import { Composer } from './composer.js';
import { Delivery } from './delivery.js';
import * as memory from './memory.js';
import { Talk } from './talk.js';
import * as wire from './wire.js';
import { newId, shown } from './text.js';

const at = (id) => document.getElementById(id);

const texts = {
  club: '', title: 'Player registration', greeting: '', message: 'Your message', placeholder: 'Type here',
  send: 'Send', new_chat: 'New registration', new_chat_ask: 'Start a new registration?',
  photo: 'Choose a photo', offline: 'No connection just now.', online: 'Connected again.',
  busy: 'Very busy just now. I try again by myself.',
};
let state = memory.recall() ?? memory.fresh();
let lost = navigator.onLine ? '' : 'away';  // what the notice tells of: "away", "busy" or nothing
const pictures = new Map();  // message id -> address of its preview

const talk = new Talk(at('talk'), (field) => {
  const wanted = (state.question?.editable ?? []).find((entry) => entry.field === field);
  if (wanted) say(wanted.value);
});
const composer = new Composer(at('form'), texts, { say, photo: sendPhoto, complain });
const delivery = new Delivery(send, () => state, { sending, trouble, done, refused });

// ---- what is shown

function complain(words, good = false) {
  const notice = at('notice');
  notice.hidden = !words;
  notice.classList.toggle('good', good);
  if (notice.textContent !== words) notice.textContent = words;
}

function tell(words) {
  const status = at('status');
  status.classList.toggle('at-work', Boolean(words));
  if (status.textContent !== words) status.textContent = words;
}

function showWay() {
  const { step, of } = state.steps ?? { step: 0, of: 0 };
  const meter = at('meter');
  meter.hidden = !of;
  meter.setAttribute('aria-valuemax', String(of || 1));
  meter.setAttribute('aria-valuenow', String(Math.min(step, of)));
  const words = !of ? '' : state.registered ? 'All done' : `Step ${step} of ${of}`;
  meter.setAttribute('aria-valuetext', words || 'Not begun');
  at('steps').textContent = words;
  at('meter-fill').style.width = of ? `${Math.round(((state.registered ? of : step - 1) / of) * 100)}%` : '0';
}

function render() {
  const editable = new Map((state.question?.editable ?? []).map(({ field, label }) => [field, label]));
  const entries = texts.greeting ? [{ who: 'club', text: texts.greeting }, ...state.said] : state.said;
  const busy = Boolean(state.outbox);
  talk.show(entries, busy ? new Map() : editable, pictures);
  at('change').hidden = busy || editable.size === 0;
  showWay();
  composer.ask(state.question, state.expects, texts);
  composer.hold(busy);
}

function keep() {
  memory.keep(state);
  render();
}

// ---- a message of the parent's

function put(message, entry) {
  if (state.outbox) return;
  state.outbox = message;
  state.said.push({ who: 'me', id: message.id, state: 'sending', ...entry });
  complain('');
  keep();
  delivery.run();
}

function say(text) {
  put({ id: newId('msg_'), text }, { text: shown(text), field: state.question?.field ?? undefined });
}

async function sendPhoto(file) {
  if (state.outbox) return;
  const id = newId('msg_');
  pictures.set(id, URL.createObjectURL(file));
  await memory.keepPhoto(id, file);
  put({ id, photo: true, name: file.name }, { text: 'Photo', photo: true });
}

async function send(message) {
  if (!message.photo) return wire.say(state.session, message, tell);
  const file = await memory.photo(message.id);
  if (!file) throw new wire.Trouble('refused', 'The photo is not here any more. Please choose it once more.');
  return wire.upload(state.session, message, file);
}

const mark = (id, how) => {
  const entry = state.said.find((said) => said.id === id);
  if (entry) entry.state = how;
};

function sending(message, tries) {
  mark(message.id, 'sending');
  tell(message.photo ? 'Sending the photo…' : tries > 1 ? 'Sending again…' : '…');
  if (tries === 1) render();
}

function trouble(message, { kind }) {
  mark(message.id, 'kept');
  lost = kind;
  tell('');
  complain(kind === 'away' ? texts.offline : texts.busy);
  keep();
}

async function done(message, reply, tries) {
  take(reply);
  state.outbox = null;
  mark(message.id, undefined);
  state.said.push({ who: 'club', text: reply.response });
  if (message.photo) memory.dropPhotos();
  tell('');
  back();
  keep();
  if (tries > 1) await refresh();  // it may have been answered the first time
}

function refused(message, { message: words }) {
  state.outbox = null;
  mark(message.id, 'refused');
  tell('');
  complain(words);
  keep();
  if (!message.photo) composer.putBack(message.text);
}

// ---- where the conversation stands

function take(place) {
  state.question = place.question ?? null;
  state.steps = place.steps ?? null;
  state.expects = place.expects ?? 'text';
  state.registered = place.registered ?? (place.question?.field === null && Boolean(place.steps));
}

function back() {
  if (lost === 'away') complain(texts.online, true);
  else if (lost) complain('');
  lost = '';
}

// What the server has is what counts; of what is here, only what it cannot know is kept.
function reconcile(view) {
  const own = state.said.filter((entry) => entry.who === 'me');
  state.said = view.messages.map(({ role, text }) => {
    if (role !== 'user') return { who: 'club', text };
    const known = own.findIndex((entry) => entry.photo ? /^\(A photo/.test(text) : entry.text === shown(text));
    if (known === -1) return { who: 'me', text: /^\(A photo/.test(text) ? 'Photo' : text };
    return { ...own.splice(0, known + 1).at(-1), state: undefined };
  });
  take(view);
}

async function refresh() {
  if (state.outbox || document.hidden) return;
  const session = state.session;
  try {
    const view = await wire.state(session);
    if (state.outbox || state.session !== session) return;
    if (view) reconcile(view);
    else if (state.said.some((entry) => entry.who === 'club')) begin();  // it is not known any more
    back();
    keep();
  } catch (error) {
    if (error.kind !== 'away') return;
    lost = 'away';
    complain(texts.offline);
    setTimeout(refresh, 4000);
  }
}

function begin() {
  state = memory.fresh();
  pictures.clear();
  memory.dropPhotos();
}

// ---- around the conversation

function applyTexts() {
  document.title = [texts.title, texts.club].filter(Boolean).join(' · ');
  at('club').textContent = texts.club;
  at('title').textContent = texts.title;
  at('new').textContent = texts.new_chat;
  at('ask-new-text').textContent = texts.new_chat_ask;
}

async function loadSettings() {
  const key = 'dugout.page';
  try {
    Object.assign(texts, JSON.parse(localStorage.getItem(key)) ?? {});
  } catch {
    // The words of the last visit only spare a moment.
  }
  applyTexts();
  try {
    const settings = await wire.settings();
    Object.assign(texts, settings.texts);
    localStorage.setItem(key, JSON.stringify(settings.texts));
    applyTexts();
  } catch {
    // The page has words of its own.
  }
}

function bindDialogs() {
  at('new').addEventListener('click', () => at('ask-new').showModal());
  at('ask-new-no').addEventListener('click', () => at('ask-new').close());
  at('ask-new-yes').addEventListener('click', () => {
    at('ask-new').close();
    begin();
    complain('');
    tell('');
    keep();
    composer.focus();
  });
  at('change').addEventListener('click', () => {
    at('changes').replaceChildren(...(state.question?.editable ?? []).map(({ label, value }) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'choice' });
      button.textContent = shown(label);
      button.addEventListener('click', () => {
        at('ask-change').close();
        say(value);
        composer.focus();
      });
      const line = document.createElement('li');
      line.append(button);
      return line;
    }));
    at('ask-change').showModal();
  });
  at('ask-change-no').addEventListener('click', () => at('ask-change').close());
}

function watch() {
  memory.onChangeElsewhere(() => {
    state = memory.recall() ?? memory.fresh();
    tell('');
    render();
    if (state.outbox) delivery.run();  // waits until the other tab has done it, or is gone
  });
  addEventListener('offline', () => { lost = 'away'; complain(texts.offline); });
  addEventListener('online', refresh);
  addEventListener('focus', refresh);
  document.addEventListener('visibilitychange', refresh);
}

async function start() {
  bindDialogs();
  await loadSettings();
  for (const entry of state.said.filter((said) => said.photo && said.state)) {
    const file = await memory.photo(entry.id);
    if (file) pictures.set(entry.id, URL.createObjectURL(file));
  }
  render();
  at('talk').removeAttribute('aria-busy');
  watch();
  if (lost) complain(texts.offline);
  if (state.outbox) await delivery.run();
  else if (state.said.length) await refresh();
}

start();
