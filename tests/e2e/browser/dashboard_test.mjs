// The dashboard in a browser: signing in, the figures against what the server and the attempt log
// say, one session's story, a server that goes away and comes back, both themes, both sizes.
import assert from 'node:assert/strict';
import {
  Double, Server, desktop, dugout, openBrowser, openPage, phone, picture, runTests, seriousFindings, source,
} from './browser.mjs';

const token = 'operators-token-of-the-test';
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

async function openSignedIn(options) {
  const other = await openPage(browser, { forgive, ...options });
  await other.goto(`${server.url}/dashboard`);
  await signIn(other);
  await live(other);
  return other;
}

async function figures() {
  const answer = await fetch(`${server.url}/api/dashboard`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  return answer.json();
}

const number = (text) => Number(text.replaceAll(',', ''));

// The rows of a table on the page, each an object by column title.
function rowsOf(panel) {
  return page.$eval(`${panel} .table table`, (table) => {
    const titles = [...table.querySelectorAll('thead th')].map((cell) => cell.textContent);
    return [...table.querySelectorAll('tbody tr')].map((row) =>
      Object.fromEntries([...row.cells].map((cell, at) => [titles[at], (cell.querySelector('.bar-text') ?? cell).textContent])));
  });
}

const tile = (title) => page.$eval('#hour .tiles', (tiles, wanted) => {
  const found = [...tiles.children].find((one) => one.querySelector('dt').textContent === wanted);
  return [...found.querySelectorAll('dd')].map((one) => one.textContent);
}, title);

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
    assert.deepEqual((await tile('Turns'))[0], '0');
    assert.equal((await tile('First try'))[0], '–');
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
    const summary = JSON.parse(await dugout('attempts', 'summary', '--json', '--data', server.data, '--root', source));
    const rows = await rowsOf('#attempts');
    const shown = rows.reduce((all, row) => all + number(row.All), 0);

    assert.ok(summary.all.attempts > summary.all.good, 'some of the attempts failed');
    assert.equal(shown, summary.all.attempts);
    assert.equal(shown, data.attempts.reduce((all, one) => all + one.count, 0));
    for (const row of rows) {
      assert.equal(number(row.All), summary.targets[row.Target].attempts, row.Target);
      for (const { outcome, count } of data.attempts.filter((one) => one.target === row.Target)) {
        assert.equal(number(row[outcome.replaceAll('_', ' ')]), count, `${row.Target} ${outcome}`);
      }
    }
    const errors = await rowsOf('#errors');
    for (const error of data.retry_metrics.top_errors) {
      const found = errors.find((row) => row.Class === error.class.replaceAll('_', ' '));
      assert.equal(number(found.Count), error.count);
      assert.equal(summary.classes[error.class].attempts, error.count);
    }
    assert.equal(data.retry_metrics.turns, asked);
    assert.equal(number((await tile('Turns'))[0]), data.retry_metrics.turns);
    assert.equal((await tile('Attempts per success'))[1], `${data.retry_metrics.attempts} attempts`);
    const calls = await rowsOf('#call-types');
    assert.equal(calls.reduce((all, row) => all + number(row.Calls), 0), data.retry_metrics.calls);
    const stages = await rowsOf('#stages');
    for (const stage of data.stages) {
      const found = stages.find((row) => row.Stage === (stage.stage === 'own' ? 'our own' : stage.stage));
      assert.equal(number(found.Count), stage.count, stage.stage);
    }
    assert.equal(await page.textContent('#health-word'), data.health.state === 'healthy' ? 'Healthy' : 'Degraded');
  },

  async 'a chart can be read as a table, and says itself in words'() {
    const data = await figures();
    const label = await page.getAttribute('#turns .canvas', 'aria-label');
    assert.match(label, new RegExp(`${asked} turns, ${data.series.failed.reduce((a, b) => a + b, 0)} failed`));
    await page.click('#turns button');
    const rows = await rowsOf('#turns');
    assert.equal(rows.length, 60);
    assert.equal(rows.reduce((all, row) => all + number(row.Turns), 0), asked);
    await page.click('#turns button');
    assert.equal(await page.isVisible('#turns canvas'), true);
  },

  async 'the story of a session opens attempt by attempt with its reasons, and without words'() {
    await page.focus('body');
    await page.keyboard.press('s');
    await page.waitForSelector('.sessions tbody tr');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.waitForSelector('.turns li');
    await page.keyboard.press('e');
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
    assert.match(page.url(), /#sessions/);
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
    assert.match(await page.textContent('.connection'), /Connection lost, last figures of \d\d:\d\d:\d\d/);
    assert.match(await page.textContent('#attempts .as-of'), /as of \d\d:\d\d:\d\d/);
    assert.equal(await page.isVisible('#attempts table'), true);
    await picture(page, 'dashboard_lost');
    await server.begin();
    // The server has forgotten the pass; the page signs in again by itself.
    await live(page);
    assert.equal(await page.isVisible('#token'), false);
    await page.waitForFunction(() => document.querySelector('#attempts .as-of').textContent === '');
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
    await other.waitForTimeout(5000);
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
    const other = await openSignedIn();
    await other.route('**/api/dashboard/events', (route) => route.fulfill({
      contentType: 'text/event-stream', body: `event: dashboard\ndata: ${JSON.stringify(data)}\n\n`,
    }));
    await other.reload();
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
