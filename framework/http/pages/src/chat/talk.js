// The conversation as it is shown. Entries are plain objects {who: "club" | "me", text, id?, field?,
// photo?, state?: "sending" | "kept" | "refused"}; the element of each is drawn once and kept while
// the entry stays the same.
import { markdown } from './markdown.js';
import { element } from './text.js';

const states = { sending: 'Sending…', kept: 'Kept here until it can be sent', refused: 'Not sent' };

function bubble(entry) {
  const made = element('div', { className: `said ${entry.who} ${entry.state ?? ''}` });
  made.append(element('span', { className: 'unseen', text: entry.who === 'me' ? 'You said: ' : 'The club: ' }));
  if (entry.who === 'club') {
    markdown(made, entry.text);
  } else {
    made.append(element('p', { dir: 'auto', text: entry.text }));
  }
  return made;
}

export class Talk {
  // change(entry) is asked for when somebody wants to change this answer.
  constructor(talk, change) {
    this.talk = talk;
    this.change = change;
    this.drawn = [];  // [{print, element}]
    this.atEnd = true;
    this.height = talk.clientHeight;
    talk.addEventListener('scroll', () => {
      if (talk.clientHeight !== this.height) return;  // not the reader, but the form below
      this.atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
    }, { passive: true });
    // The answer's form grows over the last words, and a picture comes late.
    const follow = new ResizeObserver(() => {
      this.height = talk.clientHeight;
      if (this.atEnd) this.toEnd();
    });
    follow.observe(talk);
    this.follow = follow;
  }

  // editable: field -> label of what may be changed just now; pictures: id -> address of a preview.
  show(entries, editable, pictures) {
    // Only the last answer to a question is the one that counts.
    const last = new Map();
    entries.forEach((entry, at) => { if (entry.field) last.set(entry.field, at); });
    const before = this.drawn.length;
    entries.forEach((entry, at) => {
      const label = last.get(entry.field) === at ? editable.get(entry.field) : undefined;
      const picture = pictures.get(entry.id);
      const print = JSON.stringify([entry.who, entry.text, entry.state, label, picture]);
      if (this.drawn[at]?.print === print) return;
      const row = this.row(entry, label, picture);
      this.follow.observe(row);
      if (this.drawn[at]) this.drawn[at].element.replaceWith(row);
      else this.talk.append(row);
      this.drawn[at] = { print, element: row };
    });
    for (const gone of this.drawn.splice(entries.length)) gone.element.remove();
    if (entries.length > before) this.toEnd();
  }

  row(entry, label, picture) {
    const row = element('div', { className: `row ${entry.who}` });
    const said = bubble(entry);
    if (picture) said.append(element('img', { src: picture, alt: 'The photo you chose', className: 'preview' }));
    row.append(said);
    const state = states[entry.state];
    if (state) row.append(element('p', { className: 'state', text: state }));
    if (label) {
      const change = element('button', {
        type: 'button', className: 'edit', text: 'Change', 'aria-label': `Change: ${label}` });
      change.addEventListener('click', () => this.change(entry.field));
      row.append(change);
    }
    return row;
  }

  // The last words of the club from their beginning, if they are longer than the screen.
  toEnd() {
    const row = this.drawn.at(-1)?.element;
    if (!row) return;
    const tall = row.offsetHeight > this.talk.clientHeight - 40;
    if (tall) this.talk.scrollTop = row.offsetTop - this.talk.offsetTop - 8;
    else this.talk.scrollTop = this.talk.scrollHeight;
    this.atEnd = !tall;
  }
}
