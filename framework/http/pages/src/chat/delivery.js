// Gets the message in the outbox to the server, however long that takes: the same message with the
// same id, so that it counts once. Waits grow; a connection that comes back ends them.
import { inTurn } from './memory.js';

const firstWait = 1000, longestWait = 15000;  // ms

export class Delivery {
  // send(message) -> reply or a Trouble; state() -> the shared state; told: {sending, trouble, done, refused}
  constructor(send, state, told) {
    this.send = send;
    this.state = state;
    this.told = told;
    this.working = false;
    this.wake = () => {};
    addEventListener('online', () => this.wake());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.wake(); });
  }

  // Does nothing when it is at it already.
  async run() {
    if (this.working) return;
    this.working = true;
    try {
      await inTurn(() => this.deliver());
    } finally {
      this.working = false;
    }
  }

  async deliver() {
    let wait = firstWait;
    for (let tries = 1; ; tries += 1) {
      const message = this.state().outbox;  // another tab may have delivered it
      if (!message) return;
      try {
        this.told.sending(message, tries);
        const reply = await this.send(message);
        if (this.state().outbox?.id === message.id) this.told.done(message, reply, tries);
        return;
      } catch (trouble) {
        if (trouble.kind === 'refused') return this.told.refused(message, trouble);
        if (!trouble.kind) throw trouble;
        this.told.trouble(message, trouble);
        await this.pause(trouble.wait ?? wait * (0.75 + Math.random() / 4));
        wait = Math.min(wait * 2, longestWait);
      }
    }
  }

  pause(ms) {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.wake = () => { clearTimeout(timer); done(); };
    });
  }
}
