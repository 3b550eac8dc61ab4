// What the pages of an operator have in common: the head with the way between them, and signing in.
import { ApiError, ask } from './api.js';
import { el, setText } from './dom.js';
import { themeButton } from './theme.js';

const places = [
  ['/dashboard', 'Dashboard'],
  ['/routines', 'Routines'],
  ['/', 'Chat'],
];

// The token of this page's sign-in, kept while the page is open and nowhere else: a server that was
// started again has forgotten its passes, and an operator's screen shall come back by itself.
let shown = null;

// Signs in again with it; false if that does not do.
export async function resume() {
  if (shown === null) return false;
  try {
    await ask('/admin/session', { method: 'POST', body: { token: shown } });
    return true;
  } catch {
    return false;
  }
}

// `parts`: further elements at the right end, such as the state of the connection.
export function operatorHead(current, ...parts) {
  const links = places.map(([path, title]) =>
    el('a', { href: path, 'aria-current': path === current ? 'page' : null }, title));
  const name = el('span', { class: 'who', hidden: true });
  const leave = el('button', { type: 'button', class: 'quiet', hidden: true, onclick: signOut }, 'Sign out');
  const head = el('header', { class: 'top' },
    el('a', { class: 'skip', href: '#main' }, 'Skip to the content'),
    el('a', { class: 'brand', href: current }, el('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }), el('span', {}, 'Dugout')),
    el('nav', { 'aria-label': 'Pages' }, ...links),
    el('div', { class: 'top-end' }, ...parts, name, themeButton(), leave));
  head.signedIn = (yes) => {
    leave.hidden = !yes;
    name.hidden = true;
    if (yes) showWho(name);
  };
  return head;
}

// Who it is that has signed in, and what their role is: what a role does not allow is refused.
async function showWho(place) {
  try {
    const who = await ask('/admin/session');
    setText(place, `${who.name} (${who.role})`);
    place.hidden = false;
  } catch {
    // Without it nothing is lost.
  }
}

async function signOut() {
  shown = null;
  try {
    await ask('/admin/session/end', { method: 'POST', body: {} });
  } finally {
    location.reload();
  }
}

// Puts the form into `place` and calls `done` once the token was right.
export function signInForm(place, done) {
  const token = el('input', { id: 'token', type: 'password', autocomplete: 'current-password', required: true, 'aria-describedby': 'token-hint token-wrong' });
  const wrong = el('p', { id: 'token-wrong', class: 'wrong', role: 'alert' });
  const button = el('button', { type: 'submit', class: 'main' }, 'Sign in');
  const form = el('form', { class: 'sign-in', onsubmit: send },
    el('h1', {}, 'Sign in'),
    el('label', { for: 'token' }, 'Operator token'),
    token,
    el('p', { id: 'token-hint', class: 'soft' }, 'Yours, as made by “dugout token new”, or the server’s DUGOUT_ADMIN_TOKEN.'),
    wrong, button);

  async function send(event) {
    event.preventDefault();
    button.disabled = true;
    setText(wrong, '');
    try {
      await ask('/admin/session', { method: 'POST', body: { token: token.value } });
      shown = token.value;
      token.value = '';
      form.remove();
      done();
    } catch (error) {
      setText(wrong, wordsFor(error));
      token.setAttribute('aria-invalid', 'true');
      token.select();
    } finally {
      button.disabled = false;
    }
  }

  place.replaceChildren(form);
  token.focus();
}

function wordsFor(error) {
  if (!(error instanceof ApiError) || error.status === 0) return 'The server cannot be reached. Try again in a moment.';
  if (error.status === 401) return 'That is not the token.';
  if (error.status === 404) return 'This server knows no operators, so nobody can sign in. Set DUGOUT_ADMIN_TOKEN, or operators in dugout.yaml, and restart it.';
  return error.message;
}
