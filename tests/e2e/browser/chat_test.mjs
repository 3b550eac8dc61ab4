// The parents' page in a browser, against the program and its understudy.
import { randomBytes } from 'node:crypto';
import { Parent, Server, check, conversation, launch, photo } from './chat_driver.mjs';

const browser = await launch();
const only = process.argv.slice(2);

async function play(parent, name, looks = {}) {
  for (const turn of conversation(name).turns) {
    if (turn.photo) await parent.sendPhoto(photo(), turn.routine);
    else await parent.say(turn.say, turn.routine);
    await looks[turn.routine]?.();
  }
}

// A parent who has told this much before, and comes back with the page.
async function until(server, routine, size = 'phone', more = {}) {
  const session = `ses_${randomBytes(16).toString('hex')}`;
  for (const turn of conversation('run_a.yaml').turns) {
    // Another family than that of run A, which is registered by now.
    const reply = await server.say(session, turn.say.replace('Helen Barlow', 'Nora Finch').replace('Alfie Barlow', 'Tom Finch'));
    check(reply.routine_number === turn.routine, turn, reply);
    if (turn.routine !== routine) continue;
    const parent = await Parent.at(server, browser, size, more, session);
    await parent.stands('what was told before', routine);
    return parent;
  }
  throw new Error(`run A does not come to ${routine}`);
}

const tests = {
  async run_a_on_a_phone(server) {
    const parent = await Parent.at(server, browser, 'phone');
    await parent.shot('phone_start');
    await parent.accessible('the start');
    const looked = new Set(['03_date', '07_choices', '28_summary', '32_kit', '34_photo']);
    const look = (name) => async () => {
      await parent.shot(`phone_${name}`);
      if (looked.has(name)) await parent.accessible(name);
      await parent.fits(name);
    };
    await play(parent, 'run_a.yaml', {
      2: look('02_text'), 3: look('03_date'), 4: look('04_choice'), 6: look('06_yes_no'), 7: look('07_choices'), 9: look('09_email'),
      15: look('15_address'), 28: look('28_summary'), 29: look('29_day'), 32: look('32_kit'),
      34: look('34_photo'), 35: look('35_done'),
    });
    check((await parent.page.locator('#steps').innerText()) === 'All done', 'steps at the end');
    await parent.close();
  },

  async run_d_on_a_desktop(server) {
    const parent = await Parent.at(server, browser, 'desktop');
    await play(parent, 'run_d.yaml', {
      3: () => parent.shot('desktop_03_date'), 28: () => parent.shot('desktop_28_summary'),
      32: () => parent.shot('desktop_32_kit'), 34: () => parent.shot('desktop_34_photo'),
    });
    await parent.shot('desktop_35_done');
    await parent.accessible('the end on a desktop');
    await parent.close();
  },

  async dark_and_narrow(server) {
    const parent = await until(server, 5, 'small', { colorScheme: 'dark', reducedMotion: 'reduce' });
    await parent.shot('small_dark_05_yes_no');
    await parent.accessible('dark');
    await parent.fits('320 px');
    await parent.page.locator('#change').click();
    await parent.shot('small_dark_changes');
    await parent.accessible('the list of answers');
    await parent.page.keyboard.press('Escape');
    // 400 % of 1280 by 1024: everything can be reached by scrolling, nothing is covered.
    await parent.page.setViewportSize({ width: 320, height: 256 });
    await parent.fits('400 %');
    const send = parent.page.getByRole('button', { name: 'Send' });
    await send.scrollIntoViewIfNeeded();
    check(await send.isVisible(), 'Send can be reached at 400 %');
    await parent.shot('zoom_400');
    await parent.close();
  },

  async by_keyboard_alone(server) {
    const parent = await until(server, 6, 'desktop');
    const { page } = parent;
    await page.locator('#talk').focus();
    const before = await parent.heard();
    for (let at = 0; at < 30; at += 1) {
      await page.keyboard.press('Tab');
      const here = await page.evaluate(() => document.activeElement.textContent);
      const seen = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none');
      check(seen, 'no focus to be seen at', here);
      if (here === 'Yes') break;
    }
    await page.keyboard.press('Enter');
    await parent.answered(before + 2);
    await parent.stands('Yes by keyboard', 7);
    const where = await page.evaluate(() => document.activeElement.className);
    check(where === 'choice', 'the focus goes on to the next answer, and is at', where);
    await parent.close();
  },

  async an_answer_is_changed(server) {
    const parent = await until(server, 3);
    await parent.say('14/05/2017', 4);
    await parent.page.getByRole('button', { name: "Change: Your child's date of birth" }).click();
    await parent.page.getByLabel('Day').waitFor();
    await parent.shot('phone_change_date');
    await parent.say('15/05/2017', 4);
    check((await parent.state()).said.at(-1).text.includes('15-05-2017'), 'the new date is told');
    await parent.page.locator('#change').click();
    await parent.page.getByRole('button', { name: 'Your name', exact: true }).click();
    await parent.page.getByLabel('Your name').waitFor();
    await parent.say('Helen Barlow-Lee', 4);
    await parent.say('Boy', 5);
    await parent.close();
  },

  async a_reload_in_the_middle(server) {
    const parent = await until(server, 8);
    const before = await parent.page.locator('#talk').innerText();
    await parent.page.reload();
    await parent.ready();
    await parent.answered(1);
    check((await parent.page.locator('#talk').innerText()) === before, 'the talk is as it was');
    // Also where only the server knows what was said.
    await parent.page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('dugout.chat'));
      localStorage.setItem('dugout.chat', JSON.stringify({ ...kept, said: kept.said.slice(0, 2), question: null, steps: null }));
    });
    await parent.page.reload();
    await parent.ready();
    await parent.page.getByLabel('Your mobile number').waitFor();
    const { session, said } = await parent.state();
    check(said.length === (await server.view(session)).messages.length, 'all was fetched', said);
    await parent.say('07700900123', 9);
    await parent.close();
  },

  async the_server_is_killed_in_the_middle(server) {
    const parent = await until(server, 8);
    const before = await parent.heard();
    await server.end('SIGKILL');
    await parent.give('07700900123');
    await parent.page.getByText('No connection just now').waitFor();
    await parent.shot('phone_no_connection');
    await parent.accessible('no connection');
    // The page may go and come meanwhile.
    await server.start();
    await parent.answered(before + 2);
    await parent.stands('the restart', 9);
    const { messages } = await server.view((await parent.state()).session);
    check(messages.filter(({ text }) => text === '07700900123').length === 1, 'it arrived once', messages);
    await parent.close();
  },

  async a_reload_while_a_message_is_under_way(server) {
    const parent = await until(server, 9);
    const before = await parent.heard();
    // The server takes the message, and its answer is lost.
    await parent.page.route('**/chat', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await parent.give('helen.barlow@example.org');
    await parent.page.getByText('No connection just now').waitFor();
    await parent.page.unroute('**/chat');
    await parent.page.reload();
    await parent.ready();
    await parent.answered(before + 2);
    await parent.stands('the lost answer', 10);
    const { messages } = await server.view((await parent.state()).session);
    check(messages.length === before + 2, 'nothing is there twice', messages);
    await parent.close();
  },

  async five_seconds_without_a_network(server) {
    const parent = await until(server, 12);
    const { page } = parent;
    const before = await parent.heard();
    await page.context().setOffline(true);
    const since = await page.evaluate(() => performance.now());
    await page.getByText('No connection just now').waitFor();
    await parent.give('m417qt');
    await page.getByText('Kept here until it can be sent').waitFor();
    await page.waitForFunction((then) => performance.now() - then > 5000, since);
    check((await parent.state()).outbox.text === 'm417qt', 'the answer is kept');
    await page.context().setOffline(false);
    await parent.answered(before + 2);
    await parent.stands('the network is back', 13);
    await page.getByText('Connected again').waitFor();
    await parent.close();
  },

  async a_double_tap_counts_once(server) {
    const parent = await until(server, 6);
    const before = await parent.heard();
    await parent.page.getByRole('button', { name: 'Yes', exact: true }).dblclick();
    await parent.answered(before + 2);
    await parent.stands('two taps', 7);
    const { messages } = await server.view((await parent.state()).session);
    check(messages.length === before + 2, 'one message', messages);
    await parent.close();
  },

  async a_busy_server_is_asked_again(server) {
    const parent = await until(server, 6);
    const before = await parent.heard();
    const seen = [];
    await parent.page.route('**/chat', async (route) => {
      seen.push(route.request().postDataJSON().client_message_id);
      if (seen.length > 2) return route.continue();
      const problem = { title: 'Busy', status: seen.length === 1 ? 409 : 503, detail: 'busy' };
      return route.fulfill({ status: problem.status, contentType: 'application/problem+json',
                             headers: { 'Retry-After': '1' }, body: JSON.stringify(problem) });
    });
    await parent.give('Yes');
    await parent.page.getByText('Very busy just now').waitFor();
    await parent.answered(before + 2);
    check(seen.length === 3 && new Set(seen).size === 1, 'the same message', seen);
    await parent.close();
  },

  async a_second_tab_follows(server) {
    const parent = await until(server, 5);
    const page = await parent.page.context().newPage();
    const second = new Parent(page);
    await page.goto(server.url);
    await second.ready();
    await second.stands('the second tab', 5);
    await parent.say('No', 6);
    await page.getByText('play for Urmston Town').waitFor();
    await second.say('Yes', 7);
    await parent.page.getByRole('button', { name: 'Grandparent' }).waitFor();
    check(second.problems.length === 0, second.problems);
    await parent.close();
  },

  async a_new_registration_asks_first(server) {
    const parent = await until(server, 3);
    const { page } = parent;
    const before = (await parent.state()).session;
    await page.getByRole('button', { name: 'New registration' }).click();
    await parent.shot('phone_new');
    await parent.accessible('the question before a new one');
    await page.getByRole('button', { name: 'Stay here' }).click();
    check((await parent.state()).session === before, 'nothing happened yet');
    await page.getByRole('button', { name: 'New registration' }).click();
    await page.getByRole('button', { name: 'Start anew' }).click();
    const now = await parent.state();
    check(now.session !== before && now.said.length === 0, 'a new one', now);
    await parent.say('200-lions-u9-2526', 1);
    await parent.close();
  },

  async nothing_that_is_written_runs(server) {
    const tricks = [
      '<img src=x onerror="window.ran=1">', '<script>window.ran=1</script>', '<svg/onload=window.ran=1>',
      '[tap](javascript:window.ran=1)', '[tap](data:text/html,<script>window.ran=1</script>)',
      '[tap]( javascript:alert(1))', '[tap](//evil.example/x)', '[tap](https://good.example@evil.example/)',
      '![x](https://evil.example/x.png)', '<a href="javascript:window.ran=1">a</a>', '`<b>`', '**<i>x</i>**',
      '\u202eevil\u202c \u2066x\u2069 \u200f', '| <img src=x onerror=window.ran=1> | b |', '"><iframe src=/>',
    ];
    const parent = await until(server, 25);
    const { page } = parent;
    for (const trick of tricks.slice(0, 3)) await parent.say(trick.slice(0, 90)).catch(() => {});
    // The same out of a model's mouth.
    await page.route('**/chat', (route) => route.fulfill({
      status: 200, contentType: 'application/json',
      body: JSON.stringify({ response: [...tricks, '[the club](https://club.example/a)', '[mail](mailto:a@example.org)', '[https://bank.example](https://evil.example/)'].join('\n\n'), question: {
        routine: 7, field: 'x', kind: 'choice', label: tricks[0], autofill: null,
        choices: tricks.map((label) => ({ value: label, label })), editable: [{ field: 'x', label: tricks[0], value: tricks[0] }] },
        steps: { step: 3, of: 9 }, expects: 'text' }) }));
    const before = await parent.heard();
    await parent.type(tricks.join(' '));
    await parent.answered(before + 2);
    const found = await page.evaluate(() => ({
      ran: window.ran,
      elements: [...document.querySelectorAll('#talk *, #form *')].map((e) => e.localName).filter((n) => /^(img|script|svg|iframe|object|embed|style|b|i)$/.test(n)),
      links: [...document.querySelectorAll('#talk a')].map((a) => [a.textContent, a.href, a.rel]),
      turned: /[\u202a-\u202e\u2066-\u2069\u200f]/.test(document.body.textContent),
      handlers: [...document.querySelectorAll('*')].some((e) => [...e.attributes].some((a) => /^on|^style$/.test(a.name) && a.name !== 'style')),
    }));
    check(found.ran === undefined && found.elements.length === 0 && !found.turned && !found.handlers, found);
    check(JSON.stringify(found.links) === JSON.stringify([
      ['x (evil.example)', 'https://evil.example/x.png', 'noopener noreferrer'],  // a picture is a link at most
      ['the club (club.example)', 'https://club.example/a', 'noopener noreferrer'],
      ['mail', 'mailto:a@example.org', 'noopener noreferrer'],
      ['https://bank.example (evil.example)', 'https://evil.example/', 'noopener noreferrer'],
    ]), found.links);
    await parent.shot('phone_tricks');
    await parent.close();
  },

  async the_page_is_small_and_keeps_to_itself(server) {
    const page = await fetch(server.url);
    const policy = page.headers.get('Content-Security-Policy');
    check(/default-src 'none'/.test(policy) && !/unsafe/.test(policy), policy);
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
    let bytes = html.length;
    for (const file of files) {
      const answer = await fetch(server.url + file, { headers: { 'Accept-Encoding': 'gzip' } });
      check(answer.ok, file, answer.status);
      bytes += Number(answer.headers.get('Content-Length'));
    }
    check(bytes < 60000, `${bytes} bytes`);
    console.log(`     ${bytes} bytes in ${files.length + 1} files`);
  },
};

const server = await new Server().start();
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (only.length && !only.some((part) => name.includes(part))) continue;
  try {
    await test(server);
    console.log('pass ', name);
  } catch (error) {
    failed += 1;
    console.log('FAIL ', name, error.stack);
  }
}
await server.stop();
await browser.close();
process.exit(failed ? 1 : 0);
