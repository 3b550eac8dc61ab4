// What the tests of the parents' page share: the program over a data folder of its own, a browser,
// and a parent who answers in whatever form the page asks.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { DUGOUT, DUGOUT_SOURCE, DUGOUT_BROWSER_PACKAGES, DUGOUT_SCREENSHOTS } = process.env;
const require = createRequire(join(DUGOUT_BROWSER_PACKAGES, 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const within = 60000;  // ms; under sanitizers on a busy machine a turn is slow

export function check(good, ...what) {
  if (!good) throw new Error(what.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
}

export class Server {
  constructor(environment = {}) {
    this.data = mkdtempSync(join(tmpdir(), 'dugout_chat_'));
    this.environment = environment;
    this.port = 0;
  }

  async start() {
    const kept = Object.entries(process.env).filter(([name]) => !/^(DUGOUT_|OPENAI_|AI_RETRY_)/.test(name));
    const log = openSync(join(this.data, 'log'), 'a');
    this.process = spawn(
      DUGOUT, ['serve', '--listen', `127.0.0.1:${this.port}`, '--root', DUGOUT_SOURCE, '--data', this.data],
      { stdio: ['ignore', 'pipe', log], env: { ...Object.fromEntries(kept), ...this.environment } });
    closeSync(log);
    this.ended = new Promise((done) => this.process.on('exit', done));
    const line = await new Promise((done) => {
      let text = '';
      this.process.stdout.on('data', (piece) => {
        text += piece;
        if (text.includes('\n')) done(text);
      });
      this.process.on('exit', () => done(`ended: ${readFileSync(join(this.data, 'log'), 'utf8')}`));
    });
    const found = /^listening on (http:\/\/127\.0\.0\.1:(\d+))/.exec(line);
    check(found, 'no server:', line);
    [, this.url, this.port] = found;
    return this;
  }

  async end(signal) {
    this.process.kill(signal);
    await this.ended;
  }

  async stop() {
    if (this.process?.exitCode === null && this.process?.signalCode === null) await this.end('SIGKILL');
    rmSync(this.data, { recursive: true, force: true });
  }

  async say(session, text) {
    const ask = { method: 'POST', headers: { 'Content-Type': 'application/json' },
                  body: JSON.stringify({ session_id: session, user_message: text, client_message_id: randomUUID() }) };
    // A connection that was kept may end just when it is used again; the same message counts once.
    const answer = await fetch(`${this.url}/chat`, ask).catch(() => fetch(`${this.url}/chat`, ask));
    return answer.json();
  }

  async view(session) {
    const answer = await fetch(`${this.url}/chat/${session}`);
    return answer.status === 200 ? answer.json() : undefined;
  }
}

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });

export const sizes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
  small: { viewport: { width: 320, height: 568 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

export function conversation(name) {
  const path = join(DUGOUT_SOURCE, 'tests/e2e/conversations', name);
  const program = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))';
  return JSON.parse(execFileSync('python3', ['-c', program, path], { encoding: 'utf8' }));
}

export function photo() {
  const program = 'import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); ' +
    'import photos; sys.stdout.buffer.write(photos.jpeg())';
  const bytes = execFileSync('python3', ['-c', program, join(DUGOUT_SOURCE, 'tests/e2e')], { maxBuffer: 1 << 24 });
  return { name: 'alfie.jpg', mimeType: 'image/jpeg', buffer: bytes };
}

// One parent at one page.
export class Parent {
  constructor(page) {
    this.page = page;
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
    const page = await context.newPage();
    page.setDefaultTimeout(within);
    const parent = new Parent(page);
    await page.goto(server.url);
    await parent.ready();
    if (!session) return parent;
    await page.evaluate((id) => {
      const state = { version: 2, session: id, said: [{ who: 'club', text: '' }], outbox: null, question: null, steps: null };
      localStorage.setItem('dugout.chat', JSON.stringify(state));
    }, session);
    await page.reload();
    await page.waitForFunction(() => JSON.parse(localStorage.getItem('dugout.chat')).question, null, { timeout: within });
    await parent.ready();
    return parent;
  }

  ready() {
    return this.page.waitForFunction(() => !document.getElementById('talk').hasAttribute('aria-busy'));
  }

  state() {
    return this.page.evaluate(() => JSON.parse(localStorage.getItem('dugout.chat')));
  }

  // Waits until nothing is under way, and the last words are the club's.
  async answered(count) {
    await this.page.waitForFunction((least) => {
      const state = JSON.parse(localStorage.getItem('dugout.chat'));
      return state && !state.outbox && state.said.length >= least && state.said.at(-1).who === 'club';
    }, count, { timeout: within });
    await this.page.waitForFunction(
      () => document.querySelectorAll('#talk .row.club').length ===
            JSON.parse(localStorage.getItem('dugout.chat')).said.filter((e) => e.who === 'club').length + 1);
  }

  async heard() {
    return (await this.state())?.said.length ?? 0;
  }

  async type(text) {
    const other = this.page.getByRole('button', { name: 'Write a message instead' });
    let words = this.page.locator('#words');
    if (!(await words.count())) await other.click();
    words = this.page.locator('#words');
    await words.fill(text);
    await words.press('Enter');
  }

  // In the form that the page offers.
  async give(text) {
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

  async sendPhoto(file, routine) {
    const before = await this.heard();
    await this.page.setInputFiles('#photo', file);
    await this.page.locator('.chosen .preview').waitFor();
    await this.page.getByRole('button', { name: 'Send this photo' }).click();
    await this.answered(before + 2);
    await this.stands('photo', routine);
  }

  async stands(after, routine) {
    if (routine === undefined) return;
    const { question, said } = await this.state();
    check(question?.routine === routine, `after "${after}" expected ${routine}, found`, question?.routine ?? 'none', said.at(-1));
  }

  async shot(name) {
    mkdirSync(DUGOUT_SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(DUGOUT_SCREENSHOTS, `chat_${name}.png`), animations: 'disabled' });
  }

  // Nothing that axe-core calls serious or critical; in words of the rule and the elements.
  async accessible(where) {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await globalThis.axe.run(document, { runOnly: tags });
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => ({ id, at: nodes.map((node) => [node.html.slice(0, 160), node.failureSummary]) }));
    });
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

export function note(name, text) {
  mkdirSync(DUGOUT_SCREENSHOTS, { recursive: true });
  writeFileSync(join(DUGOUT_SCREENSHOTS, name), text);
}
