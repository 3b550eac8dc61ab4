// What the tests of the pages share: Debian's Chromium, the program on a free port over a data folder
// of its own, the model double, axe-core, pictures for the build folder, and a plain runner.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const packages = createRequire(join(need('DUGOUT_BROWSER_PACKAGES'), 'package.json'));
const { chromium } = packages('playwright-core');
const axeSource = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');

export const source = need('DUGOUT_SOURCE');
const pictures = need('DUGOUT_SCREENSHOTS');

export const phone = { width: 390, height: 844 };
// How long anything may take, in ms: a loaded machine that draws without a graphics card is slow, and
// a program under a sanitizer so many times slower again.
const factor = Number(process.env.DUGOUT_TEST_PATIENCE) || 1;
export const patient = (ms) => ms * factor;
export const patience = patient(90000);
export const desktop = { width: 1440, height: 900 };

function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; ctest sets it`);
  return value;
}

// Nothing of the caller's own keys or settings reaches the program.
function cleanEnvironment(extra) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(DUGOUT_|OPENAI_|AI_RETRY_)/.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

function firstLine(child, log = () => '') {
  return new Promise((done, fail) => {
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (piece) => {
      text += piece;
      if (text.includes('\n')) done(text.slice(0, text.indexOf('\n')));
    });
    child.on('exit', (code) => fail(new Error(`it ended with ${code} before it listened: ${log()}`)));
    child.on('error', fail);
  });
}

function ended(child) {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((done) => child.once('exit', done));
}

function isFree(port) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}

// Below those that the system gives to clients (from 32768 on): a program that is started again on its
// port must not find a client's connection there.
async function freePort() {
  for (;;) {
    const port = randomInt(20000, 32000);
    if (await isFree(port)) return port;
  }
}

// `dugout serve`; it keeps its port and its data when it is started again.
export class Server {
  constructor({ args = [], environment = {}, root = source } = {}) {
    Object.assign(this, { args, environment, root });
    this.data = mkdtempSync(join(tmpdir(), 'dugout_pages_'));
  }

  static async start(options) {
    const server = new Server(options);
    server.port = await freePort();
    await server.begin();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  log() {
    return readFileSync(join(this.data, 'log'), 'utf8');
  }

  async begin() {
    const log = openSync(join(this.data, 'log'), 'a');
    this.process = spawn(need('DUGOUT'), ['serve', '--listen', `127.0.0.1:${this.port}`, '--root', this.root,
      '--data', this.data, '--log-format', 'json', ...this.args],
    { stdio: ['ignore', 'pipe', log], env: cleanEnvironment(this.environment) });
    const line = await firstLine(this.process, () => this.log());
    if (!line.startsWith('listening on ')) throw new Error(`no server: ${line}`);
  }

  async stop(signal = 'SIGTERM') {
    this.process.kill(signal);
    return ended(this.process);
  }

  async say(text, session, message = undefined) {
    const answer = await fetch(`${this.url}/chat`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user_message: text, session_id: session, client_message_id: message }),
    });
    if (!answer.ok) throw new Error(`/chat answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  async end() {
    await this.stop('SIGKILL');
    rmSync(this.data, { recursive: true, force: true });
  }
}

// The model double as a program: new Double('--fault', 'server_error', '--times', '2')
export class Double {
  static async start(...args) {
    const double = new Double();
    double.process = spawn(need('DUGOUT_DOUBLE'), args, { stdio: ['ignore', 'pipe', 'inherit'], env: cleanEnvironment({}) });
    double.url = (await firstLine(double.process)).split(' ').pop();
    return double;
  }

  async end() {
    this.process.kill('SIGKILL');
    await ended(this.process);
  }
}

// Runs the program to its end and gives what it printed.
export async function dugout(...args) {
  const child = spawn(need('DUGOUT'), args, { stdio: ['ignore', 'pipe', 'inherit'], env: cleanEnvironment({}) });
  let text = '';
  child.stdout.on('data', (piece) => { text += piece; });
  const code = await ended(child);
  if (code !== 0) throw new Error(`dugout ${args.join(' ')} ended with ${code}`);
  return text;
}

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.DUGOUT_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
}

// A page of its own context. What goes wrong in it is an error of the test: an exception, a message
// of the console's error level, and whatever the content policy refused.
export async function openPage(browser, { size = desktop, theme = 'light', context = {}, forgive = () => false } = {}) {
  const opened = await browser.newContext({
    viewport: size, colorScheme: theme, locale: 'en-GB', timezoneId: 'Europe/London',
    ...(size === phone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}), ...context,
  });
  const page = await opened.newPage();
  page.setDefaultTimeout(patience);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !forgive(message.text())) page.faults.push(message.text());
  });
  return page;
}

// What axe-core finds that is serious or critical, as lines; none is what a test wants. tags: of its
// rules, if not the usual ones.
export async function seriousFindings(page, tags = undefined) {
  // Through the protocol, not as a script element: the content policy of the page stays in force.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(
    (runOnly) => globalThis.axe.run(document, { resultTypes: ['violations'], ...(runOnly ? { runOnly } : {}) }), tags);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

export async function picture(page, name, options = {}) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled', ...options });
}

// Waits until `holds` (async) is true; says what it was waiting for if that does not come.
export async function until(what, holds, within = 90000) {
  const end = Date.now() + patient(within);
  for (;;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`this did not come: ${what}`);
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

// Runs { name: async () => ... } one after the other and prints a line for each; with an argument on
// the command line only those whose name has it.
export async function runTests(tests, atEnd = async () => {}) {
  let failed = 0;
  const wanted = Object.entries(tests).filter(([name]) => name.includes(process.argv[2] ?? ''));
  for (const [name, test] of wanted) {
    try {
      await test();
      console.log('pass ', name);
    } catch (error) {
      failed += 1;
      console.log('FAIL ', name);
      console.log(error);
    }
  }
  await atEnd();
  process.exit(failed === 0 ? 0 : 1);
}
