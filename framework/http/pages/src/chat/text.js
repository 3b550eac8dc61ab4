// Text as it may be shown. Letters that only turn the direction of others around can make a text
// read as another one, so they are taken out; every block finds its own direction (dir=auto).

const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

export function shown(text) {
  return String(text ?? '').replace(/\r\n?/g, '\n').replace(turning, '').replace(control, '');
}

// An element with text, classes and attributes. Text is only ever set as text.
export function element(tag, { text, className, ...rest } = {}, ...children) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = shown(text);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || value === null || value === false) continue;
    made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

export function newId(prefix) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
