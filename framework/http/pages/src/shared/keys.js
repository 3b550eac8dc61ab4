// Shortcuts of one key, their help, and the switch that turns them off for those whom they hinder
// (speech input types letters). The help is reached without a shortcut too.
import { el, setText } from './dom.js';

const storageKey = 'dugout.keys';
let dialog = null;

function keysOn() {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

function typing(target) {
  return target instanceof Element && target.closest('input, select, textarea, [contenteditable]');
}

// { key: [what it does, action] }
export function bindKeys(keys) {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (!keysOn() || dialog?.open || document.querySelector('.sign-in')) return;
    const bound = keys[event.key];
    if (!bound) return;
    event.preventDefault();
    bound[1]();
  });
  dialog = buildHelp(keys);
  document.body.append(dialog);
}

function buildHelp(keys) {
  const list = el('dl', { class: 'keys' });
  for (const [key, [what]] of Object.entries(keys)) {
    list.append(el('dt', {}, el('kbd', {}, key)), el('dd', {}, what));
  }
  const on = el('input', { type: 'checkbox', id: 'keys-on' });
  on.checked = keysOn();
  on.addEventListener('change', () => {
    try {
      localStorage.setItem(storageKey, on.checked ? 'on' : 'off');
    } catch {
      // Without storage they stay on.
    }
  });
  const title = el('h2', { id: 'help-title' });
  setText(title, 'Keys');
  return el('dialog', { class: 'help', 'aria-labelledby': 'help-title' }, title, list,
    el('label', { class: 'check' }, on, ' Keys without Ctrl or Alt are on'),
    el('form', { method: 'dialog' }, el('button', { class: 'main' }, 'Close')));
}

export function openHelp() {
  if (!dialog.open) dialog.showModal();
}

export function helpButton() {
  return el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Keys and help', title: 'Keys and help (?)', onclick: openHelp }, '?');
}
