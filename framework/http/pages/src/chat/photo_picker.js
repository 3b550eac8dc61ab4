// Where a photo is chosen: the picker, and what was chosen with a button to send it.
import { smaller } from './photos.js';
import { element } from './text.js';

const types = 'image/jpeg,image/png,image/webp,image/heic';
const mostBytes = 10 * 1024 * 1024;

export class PhotoPicker {
  // told: {complain(words), busy(), chosen(button that sends it)}; `file` is what was chosen
  constructor(words, told) {
    Object.assign(this, { words, told, file: undefined });
    this.input = element('input', { type: 'file', id: 'photo', accept: types, className: 'unseen' });
    this.label = element('label', { for: 'photo', className: 'pick', text: words });
    this.chosen = element('div', { className: 'chosen', hidden: true });
    this.input.addEventListener('click', (event) => { if (told.busy()) event.preventDefault(); });
    this.input.addEventListener('change', () => this.choose(this.input.files[0]));
    this.element = element('div', { className: 'photo' }, this.input, this.label, this.chosen);
  }

  async choose(picked) {
    if (!picked) return;
    this.input.value = '';  // the same file, chosen once more, is a change again
    this.picked = picked;
    this.file = undefined;
    this.chosen.hidden = true;
    this.told.complain('');
    this.label.textContent = 'One moment…';
    const file = await smaller(picked);
    if (this.picked !== picked || !this.element.isConnected) return;
    this.label.textContent = this.words;
    if (file.size > mostBytes) {
      this.told.complain('That photo is too large: at most 10 MB, please. Choose another one.');
      return;
    }
    this.file = file;
    this.label.textContent = 'Choose another photo';
    const send = element('button', { type: 'submit', className: 'send', text: 'Send this photo' });
    this.chosen.replaceChildren(this.preview(file), send);
    this.chosen.hidden = false;
    this.told.chosen(send);
  }

  // Of what is sent, not of what was picked: what a browser makes of a picture should be seen.
  preview(file) {
    const address = URL.createObjectURL(file);
    const picture = element('img', { src: address, alt: 'The photo you have chosen', className: 'preview' });
    picture.addEventListener('load', () => URL.revokeObjectURL(address));
    // A kind of picture that this browser cannot show may be good all the same.
    picture.addEventListener('error', () => {
      URL.revokeObjectURL(address);
      picture.replaceWith(element('p', { className: 'preview', text: file.name }));
    });
    return picture;
  }
}
