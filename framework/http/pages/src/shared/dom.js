// Elements from plain values. Text goes in as text and never as markup, so a name that somebody made
// up for a plugin, a session or a routine cannot run.

// el('td', { class: 'figure', onclick: open }, 'text', otherElement)
export function el(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, ...children);
}

const svgNames = 'http://www.w3.org/2000/svg';
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(svgNames, tag), properties, ...children);
}

function fill(element, properties, ...children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined) element.append(child instanceof Node ? child : plain(child));
  }
  return element;
}

// Changes nothing that is as it should be: what a reader has selected or focused stays so.
export function setText(element, text) {
  const wanted = plain(text);
  if (element.textContent !== wanted) element.textContent = wanted;
}

export function setAttribute(element, name, value) {
  const wanted = value === null || value === undefined || value === false ? null : String(value);
  if (wanted === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
}

// Characters that turn the direction of writing, or that nobody sees, are shown as what they are.
const deceptive = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
export function plain(text) {
  return String(text ?? '').replace(deceptive, (c) => `\\u${c.codePointAt(0).toString(16).padStart(4, '0')}`);
}
