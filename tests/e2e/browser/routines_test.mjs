// The routine pages in a browser, against the program: every routine is drawn, traffic is what was
// gone, a broken file is told of, keys and screen readers find their way, and a refresh disturbs nobody.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { Server, desktop, openBrowser, openPage, phone, picture, runTests, seriousFindings, source, until } from './browser.mjs';

const token = 'a-token-of-editors';
const root = mkdtempSync(join(tmpdir(), 'dugout_routines_'));
for (const part of ['agents', 'routines']) cpSync(join(source, part), join(root, part), { recursive: true });
const mobile = join(root, 'routines/new_registration/08_parent_mobile.yaml');

const server = await Server.start({ root, environment: { DUGOUT_ADMIN_TOKEN: token } });
const browser = await openBrowser();

const operator = { Authorization: `Bearer ${token}` };
const api = async (path) => {
  const answer = await fetch(server.url + path, { headers: operator });
  assert.equal(answer.status, 200, path);
  return answer.json();
};

// Each test has a page of its own, signed in.
async function open(path = '/routines', { prepare = async () => {}, ...options } = {}) {
  const page = await openPage(browser, { forgive: (text) => text.includes('401'), ...options });
  await prepare(page);
  await page.goto(server.url + path);
  await page.getByLabel('Operator token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.node').first().waitFor();
  return page;
}

async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

// Says these things one after the other; gives the edges that were gone.
async function walk(session, messages) {
  const edges = [];
  let at = 0;
  for (const message of messages) {
    const reply = await server.say(message, session);
    edges.push([at, reply.routine_number]);
    at = reply.routine_number;
  }
  return edges;
}

const way = ['200-lions-u9-2526', 'Helen Barlow', 'Ben Barlow', '14/05/2017', 'boy', 'no', 'yes', 'mum'];

const tests = {
  async every_routine_is_drawn_and_named() {
    const page = await open();
    const flow = await api('/api/flows/new_registration');
    assert.equal(flow.routines.length, 35);
    assert.equal(await page.locator('.node').count(), 35);
    for (const routine of flow.routines) {
      const name = await page.locator(`.node[data-number="${routine.number}"]`).getAttribute('aria-label');
      assert.ok(name.startsWith(`${routine.number} ${routine.title}`), name);
    }
    assert.equal(await page.locator('.node-end').count(), flow.routines.filter((one) => one.kind === 'end').length);
    // No two boxes lie on each other.
    const boxes = await page.locator('.node .box').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => assert.ok(
      a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, 'boxes overlap')));
    const drawn = await page.locator('.edge:not(.edge-legend)').count();
    assert.equal(drawn, flow.edges.filter((edge) => edge.from !== edge.to).length);
    await picture(page, 'routines_desktop');
    assert.deepEqual(await seriousFindings(page), []);
    await close(page);
  },

  async traffic_is_the_way_that_was_gone() {
    const before = await api('/api/flows/new_registration');
    const taken = (flow, [from, to]) => flow.edges.find((edge) => edge.from === from && edge.to === to)?.traffic ?? 0;
    const edges = await walk('ses_11111111111111111111111111111111', way);
    assert.deepEqual(edges, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6], [6, 7], [7, 8]]);

    const after = await api('/api/flows/new_registration');
    const all = (flow) => flow.edges.reduce((sum, edge) => sum + edge.traffic, 0);
    for (const edge of edges) assert.equal(taken(after, edge), taken(before, edge) + 1, String(edge));
    assert.equal(all(after), all(before) + edges.length);

    const page = await open('/routines#new_registration/8');
    for (const [from, to] of edges) {
      const edge = page.locator(`.edge[data-from="${from}"][data-to="${to}"]`);
      assert.equal(await edge.getAttribute('data-traffic'), String(taken(after, [from, to])));
    }
    const facts = await page.locator('.details .facts').innerText();
    assert.match(facts, /Reached\s+1\b/);
    assert.match(facts, /Here now\s+1\b/);
    const funnel = await api('/api/funnel');
    const steps = funnel.flows.find((flow) => flow.flow === 'new_registration').steps;
    for (const step of steps) assert.equal(step.reached, step.left + step.here + step.stopped, step.name);
    await close(page);
  },

  async a_routine_in_full_by_its_address() {
    const page = await open('/routines#new_registration/8');
    await page.getByRole('heading', { name: "8 Parent's mobile number" }).waitFor();
    const text = await page.locator('.bubble').first().innerText();
    assert.ok(text.includes('Grace') && !text.includes('{'), text);
    const yaml = await page.locator('.yaml .y-text').allInnerTexts();
    assert.equal(yaml.join('\n').trimEnd(), readFileSync(mobile, 'utf8').trimEnd());
    assert.ok(await page.getByText('The checks find nothing in this file.').isVisible());
    await page.locator('.ways a[href="#new_registration/9"]').first().click();
    await page.getByRole('heading', { name: "9 Parent's email" }).waitFor();
    assert.match(await page.title(), /9 Parent's email/);
    await page.goBack();
    await page.getByRole('heading', { name: "8 Parent's mobile number" }).waitFor();
    await page.getByRole('link', { name: /Re registration/ }).click();
    await page.getByRole('heading', { name: 'Re registration' }).waitFor();
    assert.equal(await page.locator('.node').count(), (await api('/api/flows/re_registration')).routines.length);
    await close(page);
  },

  async a_broken_copy_shows_its_findings() {
    const good = readFileSync(mobile, 'utf8');
    const trick = '<img src=x onerror=alert(1)> \u202egnitirw';
    writeFileSync(mobile, `${good.trimEnd()}\nchek: "${trick}"\n`);
    try {
      const page = await open('/routines#new_registration/8');
      const finding = page.locator('.finding-error').first();
      await finding.waitFor();
      const line = good.trimEnd().split('\n').length + 1;
      assert.match(await finding.innerText(), new RegExp(`08_parent_mobile.yaml:${line}:1[\\s\\S]*chek`));
      assert.match(await page.locator('.node[data-number="8"]').getAttribute('aria-label'), /finding/);
      await finding.getByRole('button').click();
      const shown = page.locator('.y-shown');
      assert.equal(await shown.getAttribute('data-line'), String(line));
      assert.ok((await shown.innerText()).includes('<img src=x'));
      assert.ok((await shown.innerText()).includes('\\u202e'), 'what turns the direction of writing is shown as what it is');
      assert.ok(await page.getByText('The file is not what serves').isVisible());
      assert.equal(await page.locator('.details img').count(), 0);
      await picture(page, 'routines_findings');
      assert.deepEqual(await seriousFindings(page), []);
      await close(page);
    } finally {
      writeFileSync(mobile, good);
    }
  },

  async keys_go_through_the_picture() {
    const page = await open();
    const here = () => page.evaluate(() => document.activeElement.dataset.number);
    await page.locator('.node[tabindex="0"]').focus();
    assert.equal(await here(), '1');
    assert.equal(await page.locator('.node[tabindex="0"]').count(), 1);
    await page.keyboard.press('ArrowDown');
    assert.equal(await here(), '2');
    await page.keyboard.press('ArrowUp');
    assert.equal(await here(), '1');
    await page.keyboard.press('End');
    assert.notEqual(await here(), '1');
    const box = await page.locator('.node:focus .box').boundingBox();
    const frame = await page.locator('.picture').boundingBox();
    assert.ok(box.y >= frame.y && box.y + box.height <= frame.y + frame.height, 'what has the focus is in sight');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: "1 Parent's name" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'details-title');
    await page.keyboard.press('/');
    await page.keyboard.type('postcode');
    await until('something is found', async () => (await page.locator('.node.found').count()) >= 2);
    await page.keyboard.press('Enter');
    await until('what was found is open', async () => (await page.locator('.node.selected.found').count()) === 1);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.node.found').count(), 0);
    await close(page);
  },

  async keys_can_be_switched_off() {
    const page = await open();
    const here = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    await page.keyboard.press('?');
    await page.getByLabel('Keys without Ctrl or Alt are on').uncheck();
    assert.deepEqual(await seriousFindings(page), []);
    await picture(page, 'routines_help');
    await page.keyboard.press('Escape');
    await page.locator('#main').focus();
    await page.keyboard.press('/');
    assert.notEqual(await here(), 'Search routines');
    await page.getByRole('button', { name: 'Keys and help' }).click();
    await page.getByLabel('Keys without Ctrl or Alt are on').check();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    assert.equal(await here(), 'Search routines');
    await close(page);
  },

  async a_refresh_leaves_alone_what_a_reader_does() {
    const said = ['ses_22222222222222222222222222222222', ['200-lions-u9-2526', 'Ann Archer']];
    await walk(...said);
    const page = await open('/routines#new_registration/2', { prepare: (made) => made.clock.install() });
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.locator('.picture').hover();
    await page.mouse.wheel(0, 2500);
    await page.locator('.others summary').click();
    await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('.bubble')));
    await page.locator('.ways a').first().focus();
    const stand = () => page.evaluate(() => [
      document.querySelector('.picture > g').getAttribute('transform'), document.querySelector('.others').open,
      getSelection().toString(), document.activeElement.outerHTML, document.querySelector('.details').scrollTop,
    ]);
    const before = await stand();
    assert.ok(before[1] && before[2] !== '' && before[3].startsWith('<a'), String(before));
    const facts = page.locator('.details .facts');
    const reached = async () => Number(/Reached\s+(\d+)/.exec(await facts.innerText())[1]);
    const begun = await reached();

    await walk('ses_33333333333333333333333333333333', said[1]);
    await page.clock.fastForward(21000);
    await until('the refresh', async () => (await reached()) === begun + 1);

    assert.deepEqual(await stand(), before);
    const flow = await api('/api/flows/new_registration');
    assert.match(await page.locator('.node[data-number="2"]').getAttribute('aria-label'), new RegExp(`, ${begun + 1} reached`));
    const edge = flow.edges.find(({ from, to }) => from === 1 && to === 2);
    assert.equal(await page.locator('.edge[data-from="1"][data-to="2"]').getAttribute('data-traffic'), String(edge.traffic));
    await close(page);
  },

  async a_server_that_was_started_again_is_shown_without_a_new_sign_in() {
    const page = await open('/routines#new_registration/8', { forgive: (text) => /Failed to load resource|ERR_/.test(text) });
    await server.stop();
    await page.getByLabel('Traffic of').selectOption('1');
    await page.getByText('Not refreshed: The server cannot be reached.').waitFor();
    await server.begin();
    await page.getByLabel('Traffic of').selectOption('7');
    await page.getByText(/^\d+ routines$/).waitFor();
    assert.equal(await page.getByLabel('Operator token').count(), 0);
    assert.ok(await page.getByRole('heading', { name: "8 Parent's mobile number" }).isVisible());
    await close(page);
  },

  async an_address_that_cannot_be_read_shows_the_flow() {
    const page = await open('/routines#%E0%A4%A/8');
    assert.equal(await page.locator('.node').count(), 35);
    await close(page);
  },

  async zooming_and_moving_keep_the_picture_in_sight() {
    const page = await open();
    const width = async () => (await page.locator('.node[data-number="1"] .box').boundingBox()).width;
    const begun = await width();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    assert.ok((await width()) > begun);
    await page.getByRole('button', { name: 'Show all' }).click();
    const frame = await page.locator('.picture').boundingBox();
    for (const box of await page.locator('.node .box').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()))) {
      assert.ok(box.top >= frame.y - 1 && box.bottom <= frame.y + frame.height + 1);
    }
    await page.getByRole('button', { name: '1:1' }).click();
    assert.ok(Math.abs((await width()) - begun) < 1);
    await page.mouse.move(frame.x + 60, frame.y + frame.height - 60);
    await page.mouse.down();
    await page.mouse.move(frame.x + 5000, frame.y + 4000, { steps: 4 });
    await page.mouse.up();
    const all = await page.locator('.node .box').evaluateAll((boxes) => boxes.map((one) => one.getBoundingClientRect().toJSON()));
    assert.ok(all.some((box) => box.left < frame.x + frame.width && box.top < frame.y + frame.height), 'it cannot be lost');
    assert.equal(page.url(), `${server.url}/routines`, 'a drag opens nothing');
    await close(page);
  },

  async the_table_says_the_same_as_the_picture() {
    const page = await open();
    await page.getByRole('button', { name: 'Table' }).click();
    const rows = page.locator('.list tbody tr');
    assert.equal(await rows.count(), 35);
    const flow = await api('/api/flows/new_registration');
    const first = flow.routines.find((routine) => routine.number === 1);
    assert.ok((await rows.first().innerText()).includes(String(first.reached)));
    await page.locator('.list tbody th a', { hasText: '34 ID photo' }).click();
    await page.getByRole('heading', { name: '34 ID photo' }).waitFor();
    await picture(page, 'routines_table');
    assert.deepEqual(await seriousFindings(page), []);
    await close(page);
  },

  async on_a_phone_and_in_the_dark() {
    const page = await open('/routines#new_registration/28', { size: phone, theme: 'dark' });
    await page.getByRole('heading', { name: '28 Summary' }).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px are beside the screen`);
    await picture(page, 'routines_phone');
    await picture(page, 'routines_phone_whole', { fullPage: true });
    assert.deepEqual(await seriousFindings(page), []);
    await close(page);
    const large = await open('/routines#new_registration/28', { size: desktop, theme: 'dark' });
    await large.getByText('Corrections', { exact: true }).click();
    await picture(large, 'routines_desktop_dark');
    assert.deepEqual(await seriousFindings(large), []);
    await close(large);
  },

  async strangers_see_nothing() {
    for (const path of ['/api/flows', '/api/flows/new_registration', '/api/funnel', '/api/sessions']) {
      assert.equal((await fetch(server.url + path)).status, 401, path);
    }
    const page = await openPage(browser, { forgive: (text) => text.includes('401') });
    await page.goto(`${server.url}/routines#new_registration/8`);
    await page.getByLabel('Operator token').waitFor();
    assert.equal(await page.locator('.node').count(), 0);
    assert.deepEqual(await seriousFindings(page), []);
    await close(page);
  },
};

await runTests(tests, async () => {
  await browser.close();
  await server.end();
  rmSync(root, { recursive: true, force: true });
});
