// What this browser keeps: the session's id, what was said, and the one message that is under way.
// All tabs of the page share it. The server keeps the position; this is for a page that comes back
// before the server can be asked, and for a message that has not reached it.
import { dropPhotos } from './photos.js';
import { newId } from './text.js';

const key = 'dugout.chat', draftKey = 'dugout.draft', wordsKey = 'dugout.page';
const version = 3;
const mostDays = 30;
const lockWait = 10000;  // ms

export function fresh() {
  return {
    version, session: newId(prefix()), said: [], outbox: null, question: null, steps: null,
    expects: 'text', ended: false,
  };
}

// What begins with web_ belongs to this browser alone: the server gives it a cookie, and the id without it
// will not do. Where cookies are off the id has to.
const prefix = () => (navigator.cookieEnabled ? 'web_' : 'ses_');

let inMemory;  // where storage is off

// Days are fine enough, and what has not changed is not written, nor told to other tabs.
const today = () => Math.floor(Date.now() / 86400000);

export function recall() {
  const kept = read('localStorage', key);
  if (kept?.version !== version || !/^(ses|web)_[0-9a-f]{32}$/.test(kept.session) || !Array.isArray(kept.said)) {
    return inMemory;
  }
  if (today() - kept.day <= mostDays) return kept;
  write('localStorage', key, undefined);
  dropPhotos();
  return undefined;
}

export function keep(state) {
  inMemory = state;
  write('localStorage', key, { ...lasting(state), day: today() });
}

// After the end this device need not know what was said: the server tells it to whoever has the id.
function lasting(state) {
  if (!state.ended) return state;
  const { session, outbox } = state;
  return { ...fresh(), session, outbox, ended: true, said: state.said.filter(({ id }) => id && id === outbox?.id) };
}

export function onChangeElsewhere(tell) {
  addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) tell();
  });
}

// ---- what is being written: of this tab alone, so that two of them do not undo each other's

export function keepDraft(session, field, text) {
  write('sessionStorage', draftKey, text ? { session, field, text } : undefined);
}

export function draft(session, field) {
  const kept = read('sessionStorage', draftKey);
  return kept?.session === session && kept.field === field ? String(kept.text) : '';
}

// ---- the words of the last visit, which spare a moment

export const words = () => read('localStorage', wordsKey) ?? {};
export const keepWords = (texts) => write('localStorage', wordsKey, texts);

// ---- the storage, which may be off, full, or hold something else

function read(storage, name) {
  try {
    return JSON.parse(window[storage].getItem(name)) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(storage, name, value) {
  try {
    if (value === undefined) window[storage].removeItem(name);
    else window[storage].setItem(name, JSON.stringify(value));
  } catch {
    // Only what a reload would show at once is lost.
  }
}

// ---- one tab at a time delivers; when it is closed meanwhile, the next one goes on

// A tab that was put to sleep may hold the lock for ever: then work goes on without it, as the server
// takes a message once, whoever sends it.
export async function inTurn(work) {
  if (!navigator.locks) return work();
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), lockWait);
  try {
    return await navigator.locks.request('dugout.chat', { signal: enough.signal }, () => {
      clearTimeout(timer);
      return work();
    });
  } catch (error) {
    if (!enough.signal.aborted) throw error;
    return work();
  }
}
