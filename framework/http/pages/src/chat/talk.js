// The conversation as it is shown. Entries are plain objects {who: "club" | "me", text, id?, field?,
// photo?, state?: "sending" | "kept" | "refused"}. A row that has been read out stays the element it
// is, whatever becomes of its entry: a screen reader would tell a new one once more.
import { markdown } from './markdown.js';
import { element } from './text.js';

const states = { sending: 'Sending…', kept: 'Kept here until it can be sent', refused: 'Not sent' };

const printOf = ({ who, text }) => `${who} ${text}`;

class Row {
  constructor(entry, change) {
    this.print = printOf(entry);
    this.said = element('div', { className: `said ${entry.who}` });
    this.said.append(element('span', { className: 'unseen', text: entry.who === 'me' ? 'You said: ' : 'The club: ' }));
    this.element = element('div', { className: `row ${entry.who}` }, this.said);
    if (entry.who === 'club') {
      markdown(this.said, entry.text);
      this.element.hidden = !entry.text;
      return;
    }
    this.said.append(element('p', { dir: 'auto', text: entry.text }));
    this.state = element('p', { className: 'state', hidden: true });
    // Nothing to be told of: it comes and goes with what may be changed.
    this.edit = element('button', { type: 'button', className: 'edit', text: 'Change', hidden: true, 'aria-live': 'off' });
    this.edit.addEventListener('click', () => change(this.entry.field));
    this.element.append(this.state, this.edit);
  }

  // label: of what may be changed here; busy: but not just now.
  update(entry, label, picture, busy) {
    this.entry = entry;
    if (picture && !this.picture) {
      this.picture = element('img', { src: picture, alt: 'The photo you chose', className: 'preview' });
      this.picture.addEventListener('error', () => this.picture.remove());  // no picture, or of a kind that is not shown
      this.said.append(this.picture);
    }
    if (!this.state) return;
    this.said.className = `said me ${entry.state ?? ''}`;
    const words = states[entry.state] ?? '';
    if (this.state.textContent !== words) this.state.textContent = words;
    this.state.hidden = !words;
    this.edit.hidden = !label;
    if (label) this.edit.setAttribute('aria-label', `Change: ${label}`);
    this.edit.setAttribute('aria-disabled', String(busy));
  }
}

export class Talk {
  // change(field) is asked for when somebody wants to change this answer.
  constructor(talk, change) {
    this.talk = talk;
    this.change = change;
    this.rows = [];
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

  // editable: field -> label of what may be changed, busy: but not just now; pictures: id -> address
  // of a preview.
  show(entries, editable, busy, pictures) {
    // Only the last answer to a question is the one that counts.
    const last = new Map();
    entries.forEach((entry, at) => { if (entry.field) last.set(entry.field, at); });
    const before = this.rows.length;
    entries.forEach((entry, at) => {
      const label = last.get(entry.field) === at ? editable.get(entry.field) : undefined;
      this.rowOf(entry, at).update(entry, label, pictures.get(entry.id), busy);
    });
    for (const gone of this.rows.splice(entries.length)) this.remove(gone);
    if (entries.length > before) this.toEnd();
  }

  rowOf(entry, at) {
    const old = this.rows[at];
    if (old?.print === printOf(entry)) return old;
    const row = new Row(entry, this.change);
    this.follow.observe(row.element);
    this.talk.insertBefore(row.element, old?.element ?? null);
    if (old) this.remove(old);
    this.rows[at] = row;
    return row;
  }

  remove(row) {
    this.follow.unobserve(row.element);
    row.element.remove();
  }

  // The last words of the club from their beginning, if they are longer than the screen.
  toEnd() {
    const row = this.rows.at(-1)?.element;
    if (!row) return;
    const tall = row.offsetHeight > this.talk.clientHeight - 40;
    if (tall) this.talk.scrollTop = row.offsetTop - this.talk.offsetTop - 8;
    else this.talk.scrollTop = this.talk.scrollHeight;
    this.atEnd = !tall;
  }
}
