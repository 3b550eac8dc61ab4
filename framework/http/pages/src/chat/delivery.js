// Gets the message in the outbox to the server, however long that takes: the same message with the
// same id, so that it counts once. Waits grow; a connection that comes back ends them.
import { inTurn } from './memory.js';
import { Flight } from './wire.js';

const firstWait = 1000, longestWait = 15000;  // ms
const hanging = 5000;  // ms without a word, after which a page that is seen again does not wait on

export class Delivery {
  // send(message, flight) -> reply or a Trouble; state() -> the shared state; told of the message that
  // is in the outbox, and of no other: {sending, trouble, done, refused}, the last two empty it
  constructor(send, state, told) {
    Object.assign(this, { send, state, told, working: false });
    this.rested = () => {};
    addEventListener('online', () => this.goOn());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && !(this.flight?.quiet < hanging)) this.goOn();
    });
  }

  // Sees to what is in the outbox now. What is under way, but is not in there any more, is given up.
  async run() {
    const wanted = this.state().outbox?.id;
    if (this.working && this.message?.id !== wanted) this.goOn();
    if (this.working || !wanted) return;
    this.working = true;
    try {
      // Again for what was put in while the last turn came to its end.
      do await inTurn(() => this.deliver()); while (this.state().outbox);
    } finally {
      this.working = false;
    }
  }

  async deliver() {
    let tries = 0, answers = 0, wait = firstWait;
    for (;;) {
      const message = this.state().outbox;  // another tab may have delivered it
      if (!message) return;
      if (message.id !== this.message?.id) [tries, answers, wait] = [0, 0, firstWait];
      this.message = message;
      tries += 1;
      const { reply, trouble } = await this.attempt(message, tries);
      if (this.state().outbox?.id !== message.id) continue;
      if (reply) {
        this.told.done(message, reply, tries);
      } else if (trouble.kind === 'refused') {
        this.told.refused(message, trouble);
      } else if (!this.hurried) {
        if (trouble.kind === 'busy') answers += 1;
        this.told.trouble(message, trouble, answers);
        await this.pause(trouble.wait ?? wait * (0.75 + Math.random() / 4));
        wait = Math.min(wait * 2, longestWait);
      }
    }
  }

  async attempt(message, tries) {
    this.flight = new Flight();
    this.hurried = false;
    try {
      this.told.sending(message, tries);
      return { reply: await this.send(message, this.flight) };
    } catch (trouble) {
      if (!trouble.kind) throw trouble;  // a fault of this page
      return { trouble };
    } finally {
      this.flight.end();
      this.flight = undefined;
    }
  }

  pause(ms) {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.rested = () => { clearTimeout(timer); done(); };
    });
  }

  // At once: a request that hangs on a connection that is gone is not waited for.
  goOn() {
    this.hurried = true;
    this.flight?.stop();
    this.rested();
  }
}
