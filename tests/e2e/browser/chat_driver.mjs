// What the tests of the parents' page share: conversations and photos, and a parent who answers in
// whatever form the page asks.
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { patience, picture, seriousFindings, source } from './browser.mjs';

const key = 'dugout.chat';

export function check(good, ...what) {
  if (!good) throw new Error(what.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
}

export const sizes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
  small: { viewport: { width: 320, height: 568 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

function python(program, ...args) {
  return execFileSync('python3', ['-Bc', program, ...args], { maxBuffer: 1 << 26 });
}

export function conversation(name) {
  const program = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))';
  return JSON.parse(python(program, join(source, 'tests/e2e/conversations', name)));
}

// bytes: so large a file, if it shall be larger than the picture needs.
export function photo(width = 480, height = 640, bytes = 0) {
  const program = 'import sys; sys.path.insert(0, sys.argv[1]); import photos; ' +
    'made = photos.jpeg(int(sys.argv[2]), int(sys.argv[3])); sys.stdout.buffer.write(photos.padded(made, int(sys.argv[4])))';
  const buffer = python(program, join(source, 'tests/e2e'), String(width), String(height), String(bytes));
  return { name: 'alfie.jpg', mimeType: 'image/jpeg', buffer };
}

// parent: whose browser holds the cookie that the conversation is bound to.
export async function view(server, session, parent) {
  const cookies = await parent.page.context().cookies();
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${server.url}/chat/${session}`, { headers: { Cookie } });
  return answer.status === 200 ? answer.json() : undefined;
}

// What the server has heard of the parent, in order.
export async function heardOf(server, parent) {
  const { messages } = await view(server, (await parent.state()).session, parent);
  return messages.filter(({ role }) => role === 'user').map(({ text }) => text);
}

// A module of the page outside a browser, for what is not to be seen in one.
export function moduleOf(name) {
  const element = () => ({ textContent: '', append() {}, setAttribute() {} });
  const addEventListener = () => {};
  const parts = { document: { createElement: element, addEventListener }, location: { origin: 'http://127.0.0.1' },
                  addEventListener, navigator: {} };
  for (const [part, value] of Object.entries(parts)) Object.defineProperty(globalThis, part, { value, configurable: true });
  return import(join(source, 'framework/http/pages/src/chat', `${name}.js`));
}

let families = 0;

// A parent who has told this much of run A before, and comes back with the page. Each is of a family
// of its own, as nobody is registered twice.
export async function parentAt(server, browser, routine, size = 'phone', more = {}) {
  const session = `ses_${randomBytes(16).toString('hex')}`;
  const name = `Finch${'abcdefghijklmnopqrstuvwxyz'[families % 26].repeat(1 + Math.floor(families / 26))}`;
  families += 1;
  const own = { 'Helen Barlow': `Nora ${name}`, 'Alfie Barlow': `Tom ${name}`, 9: String(12 + families) };
  for (const turn of conversation('run_a.yaml').turns) {
    const message = randomUUID();
    const say = () => server.say(own[turn.say] ?? turn.say, session, message);
    // A connection that was kept may end just when it is used again; the same message counts once.
    const reply = await say().catch(say);
    check(reply.routine_number === turn.routine, turn, reply);
    if (turn.routine !== routine) continue;
    const parent = await Parent.at(server, browser, size, more, session);
    await parent.stands('what was told before', routine);
    return parent;
  }
  throw new Error(`run A does not come to ${routine}`);
}

// One parent at one page.
export class Parent {
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(patience);
    this.problems = [];  // whatever a page must never do
    page.on('dialog', (dialog) => { this.problems.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on('pageerror', (error) => this.problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) this.problems.push(message.text());
    });
  }

  // session: one that this browser has had before, of which it remembers nothing else.
  static async at(server, browser, size, more = {}, session = '') {
    const context = await browser.newContext({ ...sizes[size], locale: 'en-GB', ...more });
    const parent = new Parent(await context.newPage());
    await parent.open(server);
    if (!session) return parent;
    await parent.page.evaluate(([name, id]) => {
      const day = Math.floor(Date.now() / 86400000);
      const state = { version: 3, day, session: id, said: [{ who: 'club', text: '' }], outbox: null, question: null, steps: null };
      localStorage.setItem(name, JSON.stringify(state));
    }, [key, session]);
    await parent.page.reload();
    await parent.ready();
    await parent.page.waitForFunction(() => document.getElementById('form').dataset.routine);
    return parent;
  }

  async open(server) {
    await this.page.goto(server.url);
    await this.ready();
  }

  // The conversation is there, with the club's first words.
  ready() {
    return this.page.waitForFunction(() => {
      const talk = document.getElementById('talk');
      return !talk.hasAttribute('aria-busy') && talk.firstElementChild && !talk.firstElementChild.hidden;
    });
  }

  // An answer would be taken: none is under way, and the form has been there for a moment.
  composed() {
    return this.page.locator('#form[data-ready]').waitFor();
  }

  // What this browser keeps.
  state() {
    return this.page.evaluate((name) => JSON.parse(localStorage.getItem(name)), key);
  }

  // How many things were said, the greeting aside.
  heard() {
    return this.page.evaluate(() => document.querySelectorAll('#talk .row').length - 1);
  }

  lastWords() {
    return this.page.locator('#talk .row').last().innerText();
  }

  // Waits until nothing is under way, and the last words are the club's.
  async answered(count) {
    await this.composed();
    await this.page.waitForFunction((least) => {
      const rows = document.querySelectorAll('#talk .row');
      return rows.length - 1 >= least && rows[rows.length - 1].matches('.club');
    }, count);
  }

  async type(text) {
    await this.composed();
    const other = this.page.getByRole('button', { name: 'Write a message instead' });
    if (!(await this.page.locator('#words').count())) {
      await other.click();
      await this.composed();
    }
    await this.page.locator('#words').fill(text);
    await this.page.locator('#words').press('Enter');
  }

  // In the form that the page offers.
  async give(text) {
    await this.composed();
    const buttons = this.page.locator('form .choice');
    for (let at = 0; at < (await buttons.count()); at += 1) {
      if ((await buttons.nth(at).innerText()).toLowerCase() !== text.toLowerCase()) continue;
      await buttons.nth(at).click();
      return;
    }
    const date = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text);
    if (date && (await this.page.getByLabel('Day').count())) {
      await this.page.getByLabel('Day').fill(date[1]);
      await this.page.getByLabel('Month').fill(date[2]);
      await this.page.getByLabel('Year').fill(date[3]);
      await this.page.getByRole('button', { name: 'Send' }).click();
      return;
    }
    await this.type(text);
  }

  async say(text, routine) {
    const before = await this.heard();
    await this.give(text);
    await this.answered(before + 2);
    await this.stands(text, routine);
  }

  async choosePhoto(file) {
    await this.composed();
    await this.page.setInputFiles('#photo', file);
    await this.page.locator('.chosen .preview').waitFor();
  }

  async sendPhoto(file, routine) {
    const before = await this.heard();
    await this.choosePhoto(file);
    await this.page.getByRole('button', { name: 'Send this photo' }).click();
    await this.answered(before + 2);
    await this.stands('photo', routine);
  }

  async stands(after, routine) {
    if (routine === undefined) return;
    const found = await this.page.locator('#form').getAttribute('data-routine');
    check(found === String(routine), `after "${after}" expected ${routine}, found`, found, await this.lastWords());
  }

  shot(name) {
    return picture(this.page, `chat_${name}`);
  }

  async accessible(where) {
    const found = await seriousFindings(
      this.page, ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
    check(found.length === 0, `axe at ${where}:`, found);
  }

  async fits(where) {
    const [wide, seen] = await this.page.evaluate(
      () => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    check(wide <= seen, `${where}: ${wide} px wide in a window of ${seen}`);
  }

  close() {
    check(this.problems.length === 0, 'the page did what it must not:', this.problems);
    return this.page.context().close();
  }
}
