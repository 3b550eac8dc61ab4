// Brings a part of the page up to date in place. What says the same as before is left alone, and with it
// the focus, a selection, scrolling, and what a reader has unfolded or had marked.
const put = new WeakMap(); // of each place: a copy of what was last put there

// Puts `fresh` (nodes) in the place of what stands there; `anew`: it is something else, nothing stays.
export function renew(place, fresh, anew = false) {
  const next = place.cloneNode(false);
  next.append(...fresh);
  const before = put.get(place);
  put.set(place, next.cloneNode(true));
  if (before && !anew) renewChildren(place, before, next);
  else place.replaceChildren(...next.childNodes);
}

// Only what differs from what was put there before is touched: the rest is the reader's.
function renewChildren(live, before, next) {
  const [standing, old, wanted] = [live, before, next].map((node) => [...node.childNodes]);
  if (standing.length !== old.length) { // somebody else was here, such as a translator
    live.replaceChildren(...wanted);
    return;
  }
  wanted.forEach((node, at) => {
    if (at >= old.length) live.append(node);
    else if (!old[at].isEqualNode(node)) renewNode(standing[at], old[at], node);
  });
  for (const gone of standing.slice(wanted.length)) gone.remove();
}

function renewNode(live, before, next) {
  // What a button does was given to it when it was made, so another one takes its place.
  if (before.nodeName !== next.nodeName || next.nodeName === 'BUTTON') {
    live.replaceWith(next);
  } else if (next.nodeType === Node.TEXT_NODE) {
    live.data = next.data;
  } else {
    renewAttributes(live, before, next);
    renewChildren(live, before, next);
  }
}

function renewAttributes(live, before, next) {
  for (const { name } of [...before.attributes]) if (!next.hasAttribute(name)) live.removeAttribute(name);
  for (const { name, value } of [...next.attributes]) {
    if (before.getAttribute(name) === value) continue;
    if (name === 'style') live.style.cssText = value; // the policy forbids the attribute
    else live.setAttribute(name, value);
  }
}
