// What this browser keeps: the session's id, what was said, and the one message that is under way.
// All tabs of the page share it. The server keeps the position; this is for a page that comes back
// before the server can be asked, and for a message that has not reached it.
import { newId } from './text.js';

const key = 'dugout.chat';
const version = 2;

export function fresh() {
  return {
    version, session: newId('ses_'), said: [], outbox: null, question: null, steps: null,
    expects: 'text', registered: false,
  };
}

let inMemory;  // where storage is off

export function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    if (kept?.version === version && /^ses_[0-9a-f]{32}$/.test(kept.session) && Array.isArray(kept.said)) {
      return kept;
    }
  } catch {
    // Storage is off, or holds something else.
  }
  return inMemory;
}

export function keep(state) {
  inMemory = state;
  try {
    localStorage.setItem(key, JSON.stringify(state));
  } catch {
    // A full storage loses only what a reload would show at once.
  }
}

export function onChangeElsewhere(tell) {
  addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) tell();
  });
}

// One tab at a time delivers; when it is closed meanwhile, the next one goes on.
export function inTurn(work) {
  return navigator.locks ? navigator.locks.request('dugout.chat', work) : work();
}

// ---- a photo that is under way

function photos(mode, work) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open('dugout.chat', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('photos');
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('photos', mode);
      const asked = work(transaction.objectStore('photos'));
      transaction.oncomplete = () => { opening.result.close(); done(asked.result); };
      transaction.onabort = () => { opening.result.close(); failed(transaction.error); };
    };
  });
}

const held = new Map();  // id -> file, also where there is no database

export async function keepPhoto(id, file) {
  held.set(id, file);
  try {
    await photos('readwrite', (store) => store.put(file, id));
  } catch {
    // Then a reload has to ask for it again.
  }
}

export async function photo(id) {
  if (held.has(id)) return held.get(id);
  try {
    return await photos('readonly', (store) => store.get(id));
  } catch {
    return undefined;
  }
}

export async function dropPhotos() {
  held.clear();
  try {
    await photos('readwrite', (store) => store.clear());
  } catch {
    // Nothing was kept.
  }
}
