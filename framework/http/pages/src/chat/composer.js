// Where the answer is given: buttons, a date in three boxes, a line with the right keyboard, a photo,
// or plain words. Whatever the form, an answer is a text (or a file), and words always do.
import { PhotoPicker } from './photo_picker.js';
import { element } from './text.js';

const lines = {
  number: { type: 'text', inputmode: 'numeric' },
  phone: { type: 'tel', inputmode: 'tel' },
  email: { type: 'email', inputmode: 'email', autocapitalize: 'none' },
  postcode: { type: 'text', autocapitalize: 'characters' },
};
const withWords = new Set(['text', 'yes_no', 'choice']);  // any words can be written in these forms

const settling = 400;  // ms in which the second tap of two belongs to what was here before

export class Composer {
  // told: {say(text), photo(file), complain(words), draft(text)}; texts: of the page. The form has
  // data-ready while an answer would be taken, and data-routine, the number of the one that asks.
  constructor(form, texts, told) {
    Object.assign(this, { form, texts, told, busy: false, print: '' });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    form.addEventListener('keydown', (event) => this.pressed(event));
    form.addEventListener('input', () => told.draft(this.written()));
  }

  // The form of this question. The focus stays where it was, in its meaning.
  ask(question, expects, texts) {
    this.texts = texts;
    const kind = expects === 'file' ? 'file' : question?.kind ?? 'text';
    const print = JSON.stringify([kind, question?.routine, question?.field, question?.label, question?.choices,
                                  texts.message, texts.placeholder, texts.send, texts.photo]);
    if (print === this.print) return;
    const same = this.question?.field === question?.field && this.kind === kind;
    const written = same ? this.written() : '';
    const shown = written ? this.shown : kind;
    Object.assign(this, { print, question, kind });
    this.draw(shown);
    if (written) this.putBack(written);
  }

  // The next ask() draws anew, also if it asks the same: an answer was given to what is here.
  renew() {
    this.print = '';
  }

  // shown: the kind of question, or "text" where words are written instead.
  draw(shown) {
    const focused = this.form.contains(document.activeElement);
    Object.assign(this, { shown, words: undefined, boxes: undefined, picker: undefined });
    const choices = this.question?.choices ?? [];
    this.form.replaceChildren();
    if (choices.length) this.form.append(this.choices(choices));
    if (shown === 'file') this.form.append(this.photo());
    else if (shown === 'date') this.form.append(this.date());
    else this.form.append(this.line(shown));
    if (!withWords.has(this.kind)) this.form.append(this.otherButton());
    this.form.dataset.routine = this.question?.routine ?? '';
    this.settle();
    if (focused) this.focus();
  }

  settle() {
    this.settled = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.settled = true;
      this.hold(this.busy);
    }, settling);
    this.hold(this.busy);
  }

  // While a message is under way another one can be written, but not sent. Buttons stay focusable.
  hold(busy) {
    this.busy = busy;
    for (const button of this.form.querySelectorAll('button:not(.other), #photo')) {
      button.setAttribute('aria-disabled', String(busy));
    }
    this.form.toggleAttribute('data-ready', this.open);
  }

  get open() {
    return this.settled && !this.busy;
  }

  otherButton() {
    const away = this.shown !== this.kind;
    const text = away ? `Back to: ${this.question?.label ?? 'the question'}` : 'Write a message instead';
    const other = element('button', { type: 'button', className: 'other', text });
    other.addEventListener('click', () => {
      const written = this.written();
      this.draw(away ? this.kind : 'text');
      if (written && this.words) this.words.value = written;
      this.focus();
    });
    return other;
  }

  choices(choices) {
    const group = element('div', { className: 'choices', role: 'group', 'aria-label': this.question.label });
    for (const { value, label } of choices) {
      const button = element('button', { type: 'button', className: 'choice', text: label });
      button.addEventListener('click', () => this.give(value));
      group.append(button);
    }
    return group;
  }

  sendButton() {
    return element('button', { type: 'submit', className: 'send', text: this.texts.send });
  }

  line(kind) {
    const own = lines[kind];
    const named = own || (this.kind === 'text' && this.question?.field);
    const autofill = kind === this.kind ? this.question?.autofill : undefined;
    const attributes = { id: 'words', maxlength: 4000, enterkeyhint: 'send', dir: 'auto',
                         name: autofill ?? 'answer', autocomplete: autofill ?? 'off' };
    if (own) {
      this.words = element('input', { ...attributes, ...own });
    } else {
      this.words = element('textarea', { ...attributes, rows: 1, placeholder: this.texts.placeholder });
      this.words.addEventListener('input', () => this.grow());
    }
    return element('div', {},
                   element('label', { for: 'words', text: named ? this.question.label : this.texts.message }),
                   element('div', { className: 'line' }, this.words, this.sendButton()));
  }

  grow() {
    if (this.words?.localName !== 'textarea') return;
    this.words.style.height = '';
    if (this.words.value) this.words.style.height = `${this.words.scrollHeight + 2}px`;
  }

  date() {
    const own = this.question.autofill === 'bday';
    const parts = [['Day', 2, 'bday-day'], ['Month', 2, 'bday-month'], ['Year', 4, 'bday-year']];
    const line = element('div', { className: 'line' });
    this.boxes = parts.map(([name, length, autofill]) => {
      const box = element('input', {
        type: 'text', inputmode: 'numeric', maxlength: length, size: length, name: autofill,
        autocomplete: own ? autofill : 'off', enterkeyhint: name === 'Year' ? 'send' : 'next' });
      line.append(element('label', { className: 'box' }, element('span', { text: name }), box));
      return box;
    });
    line.append(this.sendButton());
    return element('fieldset', {}, element('legend', { text: this.question.label }), line);
  }

  photo() {
    this.picker = new PhotoPicker(this.texts.photo, {
      complain: this.told.complain,
      busy: () => this.busy,
      chosen: (send) => {
        this.hold(this.busy);
        send.focus();
      },
    });
    return this.picker.element;
  }

  pressed(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    // A key that is held down is one press.
    if (event.repeat) return event.preventDefault();
    if (event.target.localName !== 'textarea') return;
    event.preventDefault();
    this.submit();
  }

  submit() {
    if (!this.open) return;
    if (this.picker?.file) {
      const { file } = this.picker;
      this.renew();
      this.picker.file = undefined;
      return this.told.photo(file);
    }
    const missing = this.boxes?.find((box) => !box.value.trim());
    if (missing) return missing.focus();
    this.give(this.written());
  }

  give(text) {
    const said = text.trim();
    if (!this.open || !said) return;
    this.empty();
    this.told.say(said);
  }

  // What stands in the form, as the answer it would be.
  written() {
    if (!this.boxes) return this.words?.value ?? '';
    const values = this.boxes.map((box) => box.value.trim());
    return values.some(Boolean) ? values.join('/') : '';
  }

  empty() {
    for (const box of this.boxes ?? []) box.value = '';
    if (this.words) this.words.value = '';
    this.grow();
  }

  // A text that was refused, or not sent before a reload, comes back to be mended.
  putBack(text) {
    if (!text || this.written()) return;
    const parts = text.split('/');
    if (this.boxes && parts.length === this.boxes.length) {
      this.boxes.forEach((box, at) => { box.value = parts[at]; });
    } else {
      if (!this.words) this.draw('text');
      this.words.value = text;
      this.grow();
    }
    this.told.draft(this.written());
  }

  focus() {
    this.form.querySelector('.choice, input, textarea')?.focus({ preventScroll: true });
  }
}
