// Where the answer is given: buttons, a date in three boxes, a line with the right keyboard, a photo,
// or plain words. Whatever the form, an answer is a text (or a file), and words always do.
import { element } from './text.js';

const lines = {
  number: { type: 'text', inputmode: 'numeric' },
  phone: { type: 'tel', inputmode: 'tel' },
  email: { type: 'email', inputmode: 'email', autocapitalize: 'none' },
  postcode: { type: 'text', autocapitalize: 'characters' },
};

const pictureTypes = 'image/jpeg,image/png,image/webp,image/heic';
const pictureBytes = 10 * 1024 * 1024;

export class Composer {
  // told: {say(text), photo(file), complain(words)}; texts: of the page
  constructor(form, texts, told) {
    this.form = form;
    this.texts = texts;
    this.told = told;
    this.busy = false;
    this.print = '';
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  // The form of this question. The focus stays where it was, in its meaning.
  ask(question, expects, texts) {
    this.texts = texts;
    const kind = expects === 'file' ? 'file' : question?.kind ?? 'text';
    const print = JSON.stringify([kind, question?.routine, question?.field, question?.label, question?.choices, texts]);
    if (print === this.print) return;
    const typed = this.words?.value;
    const same = this.question?.field === question?.field && this.kind === kind;
    const focused = this.form.contains(document.activeElement);
    this.print = print;
    this.question = question;
    this.kind = kind;
    this.file = undefined;
    this.draw(kind);
    if (same && typed && this.words) this.words.value = typed;
    if (focused) this.focus();
    this.hold(this.busy);
  }

  draw(kind) {
    this.words = undefined;
    this.boxes = undefined;
    this.form.replaceChildren();
    const choices = this.question?.choices ?? [];
    if (choices.length) this.form.append(this.choices(choices));
    if (kind === 'file') this.form.append(this.photo());
    else if (kind === 'date') this.form.append(this.date());
    else this.form.append(this.line(kind));
    if (kind !== 'text' && kind !== 'yes_no' && kind !== 'choice') {
      const other = element('button', { type: 'button', className: 'other', text: 'Write a message instead' });
      other.addEventListener('click', () => {
        this.draw('text');
        this.words.focus();
        this.hold(this.busy);
      });
      this.form.append(other);
    }
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

  sendButton(text = this.texts.send) {
    return element('button', { type: 'submit', className: 'send', text });
  }

  line(kind) {
    const own = lines[kind];
    const named = own || (this.kind === 'text' && kind === 'text' && this.question?.field);
    const label = named ? this.question.label : this.texts.message;
    const attributes = { id: 'words', maxlength: 4000, enterkeyhint: 'send', dir: 'auto' };
    if (own) {
      const autofill = this.question.autofill;
      this.words = element('input', { ...attributes, ...own, name: autofill ?? 'answer', autocomplete: autofill ?? 'off' });
    } else {
      const autofill = kind === 'text' ? this.question?.autofill : undefined;
      this.words = element('textarea', {
        ...attributes, rows: 1, placeholder: this.texts.placeholder, name: autofill ?? 'answer',
        autocomplete: autofill ?? 'off' });
      this.words.addEventListener('input', () => {
        this.words.style.height = '';
        this.words.style.height = `${this.words.scrollHeight + 2}px`;
      });
      this.words.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.submit();
      });
    }
    return element('div', {}, element('label', { for: 'words', text: label }),
                   element('div', { className: 'line' }, this.words, this.sendButton()));
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
    const input = element('input', { type: 'file', id: 'photo', accept: pictureTypes, className: 'unseen' });
    const label = element('label', { for: 'photo', className: 'pick', text: this.texts.photo });
    const preview = element('div', { className: 'chosen', hidden: true });
    input.addEventListener('change', () => this.choose(input.files[0], preview, label));
    return element('div', { className: 'photo' }, input, label, preview);
  }

  choose(file, preview, label) {
    if (!file) return;
    if (file.size > pictureBytes) {
      this.told.complain('That photo is too large: at most 10 MB, please. Choose another one.');
      return;
    }
    this.told.complain('');
    this.file = file;
    const address = URL.createObjectURL(file);
    const picture = element('img', { src: address, alt: 'The photo you have chosen', className: 'preview' });
    // A kind of picture that this browser cannot show may be good all the same.
    picture.addEventListener('error', () => picture.replaceWith(element('p', { className: 'preview', text: file.name })));
    picture.addEventListener('load', () => URL.revokeObjectURL(address));
    preview.replaceChildren(picture, this.sendButton('Send this photo'));
    preview.hidden = false;
    label.textContent = 'Choose another photo';
    this.hold(this.busy);
    preview.querySelector('button').focus();
  }

  submit() {
    if (this.busy) return;
    if (this.file) {
      const file = this.file;
      this.file = undefined;
      this.told.photo(file);
      return;
    }
    if (this.boxes) {
      const values = this.boxes.map((box) => box.value.trim());
      const missing = this.boxes[values.findIndex((value) => !value)];
      if (missing) return missing.focus();
      return this.give(values.join('/'));
    }
    this.give(this.words?.value ?? '');
  }

  give(text) {
    const said = text.trim();
    if (this.busy || !said) return;
    if (this.words) {
      this.words.value = '';
      this.words.style.height = '';
    }
    for (const box of this.boxes ?? []) box.value = '';
    this.told.say(said);
  }

  // While a message is under way another one can be written, but not sent. Buttons stay focusable.
  hold(busy) {
    this.busy = busy;
    for (const button of this.form.querySelectorAll('button:not(.other)')) {
      button.setAttribute('aria-disabled', String(busy));
    }
  }

  // A refused text comes back, so that it can be mended.
  putBack(text) {
    if (this.words && !this.words.value) this.words.value = text;
  }

  focus() {
    const first = this.form.querySelector('.choice, input:not(.unseen), textarea, label.pick + *, input');
    first?.focus({ preventScroll: true });
  }
}
