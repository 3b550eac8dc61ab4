// The parents' page: what was said above, the answer below. The server keeps the position; this page
// shows it, and sees to it that each message arrives once.
import { Composer } from './composer.js';
import { Delivery } from './delivery.js';
import * as memory from './memory.js';
import { dropPhotos, keepPhoto, photo, previews } from './photos.js';
import { Following, reconcile, take } from './place.js';
import { at, bindDialogs, complain, showTexts, showWay, tell } from './screen.js';
import { Talk } from './talk.js';
import { newId, shown } from './text.js';
import * as wire from './wire.js';

const texts = {
  club: '', title: 'Player registration', greeting: '', message: 'Your message', placeholder: 'Type here',
  send: 'Send', new_chat: 'New registration', new_chat_ask: 'Start a new registration?',
  photo: 'Choose a photo', offline: 'No connection just now.', online: 'Connected again.',
  busy: 'Very busy just now. I try again by myself.',
};
const manyAnswers = 5;  // of the server, none of them good: then the parent may take the message back

let state = memory.recall() ?? memory.fresh();
let changes = 0;  // of the conversation, so that what was asked before one is known as old
let lost = navigator.onLine ? '' : 'away';  // what the notice tells of: "away", "busy" or nothing
let stuck = '';  // id of the message that may be taken back

const editable = () => state.question?.editable ?? [];
const begun = () => state.ended || state.said.length > 0;

const talk = new Talk(at('talk'), (field) => change(editable().find((entry) => entry.field === field)));
const composer = new Composer(at('form'), texts, { say, photo: sendPhoto, complain, draft: keepDraft });
const delivery = new Delivery(send, () => state, { sending, trouble, done, refused });
const following = new Following(
  () => (begun() && !state.outbox && !document.hidden ? { session: state.session, changes } : undefined),
  { stands, lost: notReached });

function render() {
  const labels = new Map(editable().map(({ field, label }) => [field, label]));
  const busy = Boolean(state.outbox);
  talk.show([{ who: 'club', text: texts.greeting }, ...state.said], labels, busy, previews);
  at('change').hidden = labels.size === 0;
  at('change').setAttribute('aria-disabled', String(busy));
  at('take-back').hidden = !busy || state.outbox.id !== stuck;
  showWay(state);
  composer.ask(state.question, state.expects, texts);
  composer.hold(busy);
}

function keep() {
  memory.keep(state);
  render();
}

function keepDraft(text) {
  memory.keepDraft(state.session, state.question?.field ?? null, text);
}

// ---- a message of the parent's

function put(message, entry) {
  if (state.outbox) return;
  changes += 1;
  state.outbox = message;
  state.said.push({ who: 'me', id: message.id, state: 'sending', ...entry });
  keepDraft('');
  complain('');
  keep();
  delivery.run();
}

function say(text) {
  put({ id: newId('msg_'), text }, { text: shown(text), field: state.question?.field ?? undefined });
}

async function sendPhoto(file) {
  if (state.outbox) return;
  const { session } = state;
  const id = newId('msg_');
  previews.set(id, file);
  await keepPhoto(id, file);
  if (state.session === session) put({ id, photo: true, name: file.name }, { text: 'Photo', photo: true });
}

function change(entry) {
  if (!entry || state.outbox) return;
  say(entry.value);
  composer.focus();
}

async function send(message, flight) {
  const { session } = state;
  if (!message.photo) return wire.say(session, message, tell, flight);
  const file = await photo(message.id);
  if (!file) throw new wire.Trouble('refused', 'The photo is not here any more. Please choose it once more.');
  return wire.upload(session, message, file, (share) => {
    if (share < 1) tell('Sending the photo…', `${Math.floor(share * 100)} %`);
    else tell('Looking at the photo…');
  }, flight);
}

const mark = (id, how) => {
  const entry = state.said.find((said) => said.id === id);
  if (entry) entry.state = how;
};

// The message is out of the outbox, one way or the other.
function over(message, how) {
  changes += 1;
  state.outbox = null;
  mark(message.id, how);
  if (message.photo) dropPhotos();
  tell('');
  composer.renew();
}

function sending(message, tries) {
  mark(message.id, 'sending');
  tell(message.photo ? 'Sending the photo…' : tries > 1 ? 'Sending again…' : '…');
  render();
}

function trouble(message, { kind }, answers) {
  mark(message.id, 'kept');
  lost = kind;
  if (answers >= manyAnswers) stuck = message.id;
  tell('');
  complain(kind === 'away' ? texts.offline : texts.busy);
  keep();
}

function done(message, reply, tries) {
  over(message, undefined);
  take(state, reply);
  state.said.push({ who: 'club', text: reply.response });
  back();
  keep();
  if (tries > 1) following.now();  // it may have been answered the first time
}

function refused(message, { message: words }) {
  over(message, 'refused');
  complain(words);
  keep();
  if (!message.photo) composer.putBack(message.text);
}

function takeBack() {
  const message = state.outbox;
  if (!message) return;
  over(message, 'refused');
  state.said = state.said.filter(({ id }) => id !== message.id);
  lost = '';
  complain('');
  keep();
  if (!message.photo) composer.putBack(message.text);
  composer.focus();
  delivery.run();
  following.now();  // it may have been taken all the same
}

// ---- where the conversation stands

function back() {
  if (lost === 'away') complain(texts.online, true);
  else if (lost) complain('');
  lost = '';
}

function stands(view) {
  // Another tab is about to send: its message must not be written over.
  if (memory.recall()?.outbox) return adopt();
  back();
  if (view) {
    reconcile(state, view);
  } else if (state.ended || state.said.some((entry) => entry.who === 'club')) {
    begin();
    complain('The club does not know this conversation any more, so a new one begins here.');
  }
  return keep();
}

function notReached({ kind }) {
  if (kind !== 'away') return;
  lost = 'away';
  complain(texts.offline);
}

function begin() {
  changes += 1;
  keepDraft('');
  state = memory.fresh();
  previews.clear();
  dropPhotos();
  composer.empty();
  composer.renew();
  complain('');
  tell('');
  keep();
  delivery.run();  // gives up what is under way
}

// What another tab has done, or has done while this page lay in the browser's cache.
function adopt() {
  const kept = memory.recall() ?? memory.fresh();
  if (kept.session !== state.session) previews.clear();
  // After the end only the id is kept; what was said is here still, and the server tells the rest.
  state = kept.ended && kept.session === state.session ? { ...state, outbox: kept.outbox, ended: true } : kept;
  changes += 1;
  tell('');
  render();
  delivery.run();  // waits until the other tab has done it, or is gone
  if (state.ended) following.now();
}

// ---- around the conversation

function useTexts(told) {
  Object.assign(texts, told);
  showTexts(texts);
  render();
}

async function loadTexts() {
  try {
    const settings = await wire.settings();
    memory.keepWords(settings.texts);
    useTexts(settings.texts);
  } catch {
    // The page has words of its own.
  }
}

function watch() {
  memory.onChangeElsewhere(adopt);
  addEventListener('pageshow', (event) => { if (event.persisted) adopt(); });
  addEventListener('offline', () => { lost = 'away'; complain(texts.offline); });
  addEventListener('online', () => { if (!begun()) back(); });
  for (const event of ['online', 'focus', 'pageshow']) addEventListener(event, () => following.now());
  document.addEventListener('visibilitychange', () => following.now());
}

async function showPhoto() {
  const { outbox } = state;
  const file = outbox?.photo && await photo(outbox.id);
  if (!file) return;
  previews.set(outbox.id, file);
  render();
}

async function start() {
  bindDialogs({
    editable: () => (state.outbox ? [] : editable()),
    change,
    begin: () => {
      begin();
      composer.focus();
    },
  });
  at('take-back').addEventListener('click', takeBack);
  useTexts(memory.words());
  composer.putBack(memory.draft(state.session, state.question?.field ?? null));
  at('talk').removeAttribute('aria-busy');
  if (lost) complain(texts.offline);
  loadTexts();
  showPhoto();
  watch();
  await delivery.run();
  following.now();
}

start();
