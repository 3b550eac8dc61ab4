// Says at the top whether the figures are live, and if not, of when they are. Its place is kept
// whatever it says, and a screen reader hears of changes only, not of every second.
import { el, setText } from '../shared/dom.js';
import { clockTime } from '../shared/format.js';

export function connectionState() {
  const text = el('span', { role: 'status' });
  const time = el('span', { class: 'time' });
  const element = el('div', { class: 'connection', dataset: { state: 'off' } }, text, time);
  let heardAt = null;

  return {
    element,
    lastHeard: () => heardAt,
    heard() {
      heardAt = new Date();
      setText(time, clockTime(heardAt));
    },
    live() {
      element.dataset.state = 'live';
      setText(text, 'Live');
    },
    // why: of shared/live.js; `words`: the server's, when it refused
    lost(why, words) {
      element.dataset.state = 'lost';
      const last = heardAt ? `, last figures of ${clockTime(heardAt)}` : '';
      setText(text, (words ?? (why === 'silence' ? 'No figures arrive' : 'Connection lost')) + last);
      setText(time, '');
    },
    off() {
      element.dataset.state = 'off';
      setText(text, '');
      setText(time, '');
    },
  };
}
