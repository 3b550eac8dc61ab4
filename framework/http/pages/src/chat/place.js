// Where the conversation stands, by the server's word.
import * as wire from './wire.js';
import { shown } from './text.js';

const photoNote = '(A photo was uploaded.)';  // what the server writes for a message that is a photo
const firstWait = 4000, longestWait = 60000;  // ms

// place: a reply, or a view of GET /chat/{id}.
export function take(state, place) {
  state.question = place.question ?? null;
  state.steps = place.steps ?? null;
  state.expects = place.expects ?? 'text';
  state.ended = place.registered ?? (place.question?.field === null && Boolean(place.steps));
}

// What the server has is what counts; of what is here, only what it cannot know is kept.
export function reconcile(state, view) {
  const own = state.said.filter((entry) => entry.who === 'me');
  state.said = view.messages.map(({ role, text }) => {
    if (role !== 'user') return { who: 'club', text };
    const known = own.findIndex((entry) => (entry.photo ? text === photoNote : entry.text === shown(text)));
    if (known !== -1) return { ...own.splice(0, known + 1).at(-1), state: undefined };
    return text === photoNote ? { who: 'me', text: 'Photo', photo: true } : { who: 'me', text: shown(text) };
  });
  take(state, view);
}

// Asks the server, one question at a time however many reasons there are, and with one timer.
export class Following {
  // current() -> {session, changes} of the conversation, undefined = nothing to ask for just now;
  // told: {stands(view, undefined = not known), lost(trouble)}
  constructor(current, told) {
    Object.assign(this, { current, told, asking: false, wait: firstWait });
  }

  async now() {
    clearTimeout(this.timer);
    const asked = this.current();
    if (this.asking || !asked) return;
    this.asking = true;
    try {
      const view = await wire.state(asked.session);
      this.wait = firstWait;
      // A message that went out meanwhile may not be in this view; the answer to it is newer.
      const changes = this.current()?.changes;
      if (changes === asked.changes) this.told.stands(view);
      else if (changes !== undefined) this.later(0);
    } catch (trouble) {
      if (!trouble.kind) throw trouble;
      this.told.lost(trouble);
      if (trouble.kind === 'refused') return;
      this.later(trouble.wait ?? this.wait);
      this.wait = Math.min(this.wait * 2, longestWait);
    } finally {
      this.asking = false;
    }
  }

  later(ms) {
    this.timer = setTimeout(() => this.now(), ms);
  }
}
