// The dashboard in a browser: signing in, the figures against what the server and the attempt log
// say, also while faults are played; one session's story, a server that goes away and comes back,
// both themes, both sizes.
import assert from 'node:assert/strict';
import {
  Double, Server, desktop, openBrowser, openPage, patient, phone, picture, runTests, seriousFindings, until,
} from './browser.mjs';
import { Chaos, compareAttempts, logged, number, rowsOf, sum, tile, told, token } from './dashboard_driver.mjs';

const session = 'session-of-the-dashboard-test';
// A request that was refused, or a server that is away, is told on the console too.
const forgive = (text) => /Failed to load resource|ERR_/.test(text);

const double = await Double.start('--fault', 'server_error', '--times', '1', '--fault', 'rate_limit', '--times', '1',
  '--fault', 'missing_field', '--times', '1', '--retry-after-ms', '50');
const server = await Server.start({
  environment: {
    DUGOUT_ADMIN_TOKEN: token, OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: `${double.url}/v1`, AI_RETRY_BASE_DELAY: '0.05',
  },
});
const browser = await openBrowser();
const page = await openPage(browser, { forgive });
let asked = 0; // turns that a test sent

async function say(text, who = session) {
  asked += 1;
  return server.say(text, who);
}

async function signIn(on, shown = token) {
  await on.fill('#token', shown);
  await on.keyboard.press('Enter');
}

async function live(on) {
  await on.waitForSelector('.connection[data-state="live"]');
}

async function openSignedIn({ url = server.url, ...options } = {}) {
  const other = await openPage(browser, { forgive, ...options });
  await other.goto(`${url}/dashboard`);
  await signIn(other);
  await live(other);
  return other;
}

// A page that is shown `data` as it is at the moment, in place of what the server tells.
async function openShown(data) {
  const other = await openSignedIn();
  await other.route('**/api/dashboard/events', (route) => route.fulfill({
    contentType: 'text/event-stream', body: `event: dashboard\ndata: ${JSON.stringify(data)}\n\n`,
  }));
  await other.reload();
  return other;
}

const figures = (url = server.url) => told(url, '/api/dashboard');

await runTests({
  async 'without a turn every panel says that there is nothing yet'() {
    await page.goto(`${server.url}/dashboard`);
    await page.waitForSelector('#token');
    await picture(page, 'dashboard_sign_in');
    assert.deepEqual(await seriousFindings(page), []);
    await signIn(page, 'a-token-that-is-not-it');
    await page.waitForFunction(() => document.querySelector('#token-wrong').textContent === 'That is not the token.');
    await signIn(page);
    await live(page);
    await page.waitForFunction(() => document.querySelector('#attempts .state')?.textContent === 'No attempt in the last hour.');
    assert.deepEqual((await tile(page, 'Turns'))[0], '0');
    assert.equal((await tile(page, 'First try'))[0], '–');
    assert.deepEqual(await page.evaluate(() => localStorage.length), 0);
    await picture(page, 'dashboard_empty', { fullPage: true });
  },

  async 'what it shows is what the server and the attempt log say'() {
    await say('200-lions-u9-2526');
    for (const text of ['Helen Barlow', 'what do you mean?', 'Helen Barlow', 'Jamie Barlow']) await say(text);
    await say('200-lions-u9-2526', 'another-session');
    await say('Ann Archer', 'another-session');
    await page.waitForFunction((turns) => document.querySelector('#hour .big-figure').textContent === String(turns), asked);

    const data = await figures();
    const summary = await logged(server.data);
    assert.ok(summary.all.attempts > summary.all.good, 'some of the attempts failed');
    await compareAttempts(page, data, summary);
    assert.equal(data.retry_metrics.turns, asked);
    assert.equal((await tile(page, 'Attempts per success'))[1], `${data.retry_metrics.attempts} attempts`);
    const calls = await rowsOf(page, '#call-types');
    assert.equal(calls.reduce((all, row) => all + number(row.Calls), 0), data.retry_metrics.calls);
    const stages = await rowsOf(page, '#stages');
    for (const stage of data.stages) {
      const found = stages.find((row) => row.Stage === (stage.stage === 'own' ? 'our own' : stage.stage));
      assert.equal(number(found.Count), stage.count, stage.stage);
    }
    assert.equal(await page.textContent('#health-word'), data.health.state === 'healthy' ? 'Healthy' : 'Degraded');
  },

  async 'during chaos it shows what the server and the attempt log say'() {
    const other = await openPage(browser, { forgive });
    const chaos = await Chaos.start(Math.min(patient(1), 4));
    try {
      // The scenario is on: no time is lost with the form.
      await other.request.post(`${chaos.url}/admin/session`, { data: { token } });
      await other.goto(`${chaos.url}/dashboard`);
      await other.waitForSelector('#attempts tbody tr');
      assert.ok(!chaos.over(), 'the page was opened while the faults were played');
      await picture(other, 'dashboard_chaos_during');
      await until('the last parent has been answered', () => chaos.over());

      const { sessions } = await told(chaos.url, '/api/sessions?limit=200');
      const turns = sum(sessions, (one) => one.turns);
      let data;
      await until('the figures have every turn of the store', async () => {
        data = await figures(chaos.url); // a second old at most
        return data.retry_metrics.turns === turns;
      });
      await other.waitForFunction((all) => document.querySelector('#hour .big-figure').textContent === String(all), turns);
      const summary = await logged(chaos.folder);

      assert.ok(summary.all.attempts > summary.all.good + summary.all.called_back, 'attempts failed');
      assert.ok(Object.keys(summary.targets).length > 1 && Object.keys(summary.classes).length > 1, 'in several ways, at several targets');
      await compareAttempts(other, data, summary);
      // Each parent says two things, and with the second a model is asked.
      assert.equal(turns, 2 * summary.turns);
      assert.equal(data.retry_metrics.calls, summary.all.calls);
      assert.equal(sum(await rowsOf(other, '#call-types'), (row) => number(row.Calls)), summary.all.calls);
      await picture(other, 'dashboard_chaos', { fullPage: true });
      assert.deepEqual(other.faults, []);
      await other.context().close();
    } finally {
      assert.equal(await chaos.end(), 0);
    }
  },

  async 'hedges, memory, minutes and the retry budget are shown as the server counts them'() {
    const data = await figures();
    const [one, two] = ['openai_responses/one', 'openai_responses/two'];
    const counts = { ok: 6, tool_calls: 2, cache_hit: 5, cancelled: 3, server: 1, not_asked: 1 };
    data.attempts = Object.entries(counts).map(([outcome, count]) => ({ target: one, outcome, count }));
    data.attempts.push({ target: two, outcome: 'cache_hit', count: 2 });
    Object.assign(data.series, { began: '2026-01-05T10:29:47Z', until: '2026-01-05T10:30:20Z' });
    Object.assign(data.guards, { retry_tokens: 80.5, retry_tokens_limit: 100 });
    const other = await openShown(data);
    const budget = () => other.textContent('#guards .facts dd');
    await until('the budget', async () => (await budget()) === '80 of 100');
    const [first, second] = await rowsOf(other, '#attempts');
    assert.deepEqual([first.Success, first.All, second.Success, second.All], ['80 %', '18', '–', '2']);
    assert.deepEqual(Object.keys(first).slice(3), ['ok', 'tool calls', 'server', 'cache hit', 'cancelled', 'not asked']);
    await other.click('#turns button');
    const minutes = (await rowsOf(other, '#turns')).map((row) => row.Minute);
    assert.deepEqual([minutes[0], minutes[59]], ['10:29', '09:30']);

    data.guards.retry_tokens = 50;
    await until('half of the budget', async () => (await budget()) === '50 of 100: no repeats below half');
    data.guards.retry_tokens_limit = 0;
    await until('no budget', async () => (await budget()) === 'off');
    assert.deepEqual(other.faults, []);
    await other.context().close();
  },

  async 'a turn that its hedge won has not failed, and the hedge stands beside what it raced'() {
    const attempt = { call: 1, attempt: 1, status: 0, parser: '', advisor: '', action: '', why: '', waited_ms: 0, input_tokens: 0, output_tokens: 0, cost: 0, confidence: null, checks: [], flagged: false, hedge: false, used: false };
    const attempts = [
      { ...attempt, target: 'a/slow', outcome: 'cancelled', took_ms: 1400 },
      { ...attempt, attempt: 2, target: 'a/quick', outcome: 'ok', used: true, hedge: true, waited_ms: 1000, took_ms: 400 },
    ];
    const turn = { turn: 't', at: '2026-01-05T10:29:47Z', routine: 1, took_ms: 1410, answered_by: 'a/quick', attempts, sentences: [] };
    const other = await openSignedIn();
    await other.route('**/api/sessions/0123456789abcdef', (route) => route.fulfill({ json: {
      session: '0123456789abcdef', agent: 'new_registration', routine: 1, title: 'x', state: 'open', turns_all: 1, turns: [turn],
    } }));
    await other.evaluate(() => { location.hash = '#sessions/0123456789abcdef'; });
    await other.click('.turns summary');
    assert.equal(await other.textContent('.turns summary .badge'), 'hedge won');
    assert.equal(await other.locator('.story .bad').count(), 0);
    const from = (bar) => other.$eval(`.attempts ${bar}`, (piece) => parseFloat(piece.style.left));
    assert.equal(await from('li:nth-child(1) .track .soft-bar'), 0);
    assert.equal(await from('li:nth-child(2) .track .waited'), 0);
    assert.ok(Math.abs(await from('li:nth-child(2) .track .good') - 100 * 1000 / 1400) < 0.1);
    assert.match(await other.textContent('.attempts li:nth-child(2)'), /asked as well after 1 s/);
    await picture(other, 'dashboard_hedge');
    await other.context().close();
  },

  async 'a chart can be read as a table, and says itself in words'() {
    const data = await figures();
    const label = await page.getAttribute('#turns .canvas', 'aria-label');
    assert.match(label, new RegExp(`${asked} turns, ${data.series.failed.reduce((a, b) => a + b, 0)} failed`));
    await page.click('#turns button');
    const rows = await rowsOf(page, '#turns');
    assert.equal(rows.length, 60);
    assert.equal(rows.reduce((all, row) => all + number(row.Turns), 0), asked);
    await page.click('#turns button');
    assert.equal(await page.isVisible('#turns canvas'), true);
  },

  async 'the story of a session opens attempt by attempt with its reasons, and without words'() {
    await page.focus('body');
    await page.keyboard.press('s');
    await page.waitForSelector('.sessions tbody tr');
    for (const at of [1, 2]) {
      const before = await page.textContent('#story-title');
      await page.keyboard.press('j');
      await page.waitForFunction((old) => ![old, 'One session'].includes(document.querySelector('#story-title').textContent), before);
      await page.waitForSelector(`.sessions tbody tr:nth-child(${at}).opened`);
    }
    await page.keyboard.press('e');
    await page.waitForSelector('.turns details[open] .attempts');
    const text = await page.textContent('.story');
    assert.match(text, /openai_responses\/gpt-4/);
    assert.match(text, /failed after/);
    assert.match(text, /The answer came from/);
    for (const word of ['Helen', 'Barlow', 'Archer', 'Jamie', session, 'test-key']) assert.ok(!text.includes(word), word);
    await picture(page, 'dashboard_story');
    assert.deepEqual(await seriousFindings(page), []);
    await page.goto(`${server.url}/dashboard#sessions/0000000000000000`);
    await page.waitForFunction(() => document.querySelector('.story .state.failed:not([hidden])') !== null);
  },

  async 'keys have a help, can be turned off, and are not taken while typing'() {
    await page.keyboard.press('?');
    assert.equal(await page.isVisible('dialog.help'), true);
    assert.deepEqual(await seriousFindings(page), []);
    await page.click('#keys-on');
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    assert.match(await page.evaluate(() => location.hash), /^#sessions/);
    await page.click('button[aria-label="Keys and help"]');
    await page.click('#keys-on');
    await page.keyboard.press('Escape');
    await page.focus('#find');
    await page.keyboard.type('ot');
    assert.equal(await page.inputValue('#find'), 'ot');
    await page.fill('#find', '');
    await page.focus('#main');
    await page.keyboard.press('o');
    await page.waitForSelector('#health');
  },

  async 'a server that goes away leaves marked figures, and comes back by itself'() {
    await page.goto(`${server.url}/dashboard#overview`);
    await live(page);
    await server.stop();
    await page.waitForSelector('.connection[data-state="lost"]');
    assert.match(await page.textContent('.connection'), /(Connection lost|No figures arrive), last figures of \d\d:\d\d:\d\d/);
    assert.match(await page.textContent('#attempts .as-of'), /as of \d\d:\d\d:\d\d/);
    assert.equal(await page.isVisible('#attempts table'), true);
    await picture(page, 'dashboard_lost');
    await server.begin();
    // The server has forgotten the pass; the page signs in again by itself.
    await live(page);
    assert.equal(await page.isVisible('#token'), false);
    await page.waitForFunction(() => document.querySelector('#attempts .as-of').textContent === '');
  },

  async 'it says why it is refused, and comes when there is room'() {
    const stop = new AbortController();
    const listen = () => fetch(`${server.url}/api/dashboard/events`, { headers: { Authorization: `Bearer ${token}` }, signal: stop.signal });
    while ((await listen()).ok);
    const other = await openPage(browser, { forgive });
    await other.goto(`${server.url}/dashboard`);
    await signIn(other);
    await other.waitForSelector('.connection[data-state="lost"]');
    assert.equal(await other.textContent('.connection'), 'Too many dashboards');
    assert.equal(await other.textContent('#attempts .state'), 'Loading…', 'nothing is said of figures that never came');
    await picture(other, 'dashboard_refused');
    stop.abort();
    await live(other);
    await other.context().close();
  },

  async 'a filter that is set while the list loads holds, and an address that cannot be read is an overview'() {
    const other = await openSignedIn();
    let letGo;
    const waits = new Promise((done) => { letGo = done; });
    const all = (url) => url.pathname === '/api/sessions' && !url.searchParams.has('stuck');
    await other.route(all, async (route) => {
      await waits;
      await route.continue();
    });
    await other.evaluate(() => { location.hash = '#sessions'; });
    await other.click('#stuck');
    const nobody = () => other.isVisible('.list .state:text("Nobody is stuck.")');
    await until('nobody is stuck', nobody);
    const late = other.waitForResponse((response) => all(new URL(response.url())));
    letGo();
    await (await late).finished();
    await other.evaluate(() => new Promise((done) => { setTimeout(done, 100); }));
    assert.ok(await nobody());
    await other.evaluate(() => { location.hash = '#%E0%A4%A'; });
    await other.reload();
    await live(other);
    assert.ok(await other.isVisible('#health'));
    assert.deepEqual(other.faults, []);
    await other.context().close();
  },

  async 'nothing moves when figures come'() {
    const other = await openPage(browser, { forgive });
    await other.goto(`${server.url}/dashboard`);
    await signIn(other);
    await other.waitForSelector('#plugins');
    await other.evaluate(() => {
      globalThis.moved = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.moved += entry.hadRecentInput ? 0 : entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await say('hello again');
    await live(other);
    for (let came = 0; came < 2; ++came) {
      const before = await other.textContent('.connection .time');
      await other.waitForFunction((old) => document.querySelector('.connection .time').textContent !== old, before);
    }
    assert.ok(await other.evaluate(() => globalThis.moved) < 0.02, `moved ${await other.evaluate(() => globalThis.moved)}`);
    await other.context().close();
  },

  async 'a name that is markup, or turns the direction of writing, is shown and does nothing'() {
    const hostile = '<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>\u202Egpj.exe';
    const data = await figures();
    for (const part of ['plugins', 'tools', 'attempts', 'running', 'stages']) data[part] = [];
    data.tools.push({ tool: hostile, runs: 1, failed: 1, p95_ms: 1 });
    data.attempts.push({ target: hostile, outcome: hostile, count: 1 });
    data.running.push({ turn: 't', session: `javascript:${hostile}`, for_ms: 1, stage: hostile, detail: hostile });
    data.plugins.push({ id: hostile, version: hostile, kind: hostile, generation: 1, state: hostile });
    data.health.reasons = [hostile];
    const other = await openShown(data);
    for (const place of ['#tools', '#attempts', '#running', '#plugins', '#health']) {
      await other.waitForFunction((id) => document.querySelector(id)?.textContent.includes('<img src=x'), place);
      assert.ok(!(await other.textContent(place)).includes('\u202e'), place);
      assert.ok((await other.textContent(place)).includes('\\u202egpj.exe'), place);
    }
    assert.equal(await other.$$eval('main img, main script', (found) => found.length), 0);
    assert.equal(await other.getAttribute('#running a', 'href').then((href) => href.startsWith('#sessions/')), true);
    assert.equal(await other.evaluate(() => globalThis.ran), undefined);
    assert.deepEqual(other.faults, []);
    await other.context().close();
  },

  async 'both themes and both sizes have nothing serious against them'() {
    for (const [size, name] of [[desktop, 'desktop'], [phone, 'phone']]) {
      for (const theme of ['light', 'dark']) {
        // A whole page of a phone at its full resolution takes minutes to draw without a graphics card.
        const other = await openSignedIn({ size, theme, context: { deviceScaleFactor: 1 } });
        await other.waitForSelector('#plugins tbody tr');
        assert.deepEqual(await seriousFindings(other), [], `${name} ${theme}`);
        const wide = await other.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${name}: the page scrolls sideways by ${wide}`);
        await picture(other, `dashboard_${name}_${theme}`, { fullPage: true });
        await other.click('button[aria-label^="Switch to the"]');
        assert.equal(await other.getAttribute('html', 'data-theme'), theme === 'light' ? 'dark' : 'light');
        assert.deepEqual(other.faults, []);
        await other.context().close();
      }
    }
  },

  async 'the page ran nothing that its policy refuses'() {
    assert.deepEqual(page.faults, []);
  },
}, async () => {
  await browser.close();
  await server.end();
  await double.end();
});
