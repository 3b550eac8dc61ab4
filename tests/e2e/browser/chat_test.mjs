// The parents' page in a browser, against the program and its understudy: whole registrations, how it
// looks, who can use it, what must not happen in it. More is in the files that are imported below.
import { Server, openBrowser, runTests } from './browser.mjs';
import { deliveryTests } from './chat_delivery.mjs';
import { Parent, check, conversation, heardOf, moduleOf, parentAt, photo } from './chat_driver.mjs';
import { formTests } from './chat_forms.mjs';

const server = await Server.start();
const browser = await openBrowser();

async function play(parent, name, looks = {}) {
  for (const turn of conversation(name).turns) {
    if (turn.photo) await parent.sendPhoto(photo(), turn.routine);
    else await parent.say(turn.say, turn.routine);
    await looks[turn.routine]?.();
  }
}

const tests = {
  async run_a_on_a_phone() {
    const parent = await Parent.at(server, browser, 'phone');
    const { page } = parent;
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
    check((await page.locator('#steps').innerText()) === 'Finished', 'steps at the end');
    check(await page.locator('#meter').isHidden(), 'a full bar would claim a success');

    // From the end on, the device has the id alone, and the server tells the rest.
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    check(!/Helen|Alfie|Brookfield|07700900123/.test(kept), 'the device keeps', kept);
    const before = await page.locator('#talk').innerText();
    await page.reload();
    await parent.ready();
    await page.getByText('Thank you, the photo is stored.').waitFor();
    const told = (text) => text.replace(/\bChange\b/g, '').replace(/\s+/g, ' ');
    check(told(await page.locator('#talk').innerText()) === told(before), 'the talk is told again');
    await parent.close();
  },

  async run_d_on_a_desktop() {
    const parent = await Parent.at(server, browser, 'desktop');
    await play(parent, 'run_d.yaml', {
      3: () => parent.shot('desktop_03_date'), 28: () => parent.shot('desktop_28_summary'),
      32: () => parent.shot('desktop_32_kit'), 34: () => parent.shot('desktop_34_photo'),
    });
    await parent.shot('desktop_35_done');
    await parent.accessible('the end on a desktop');
    await parent.close();
  },

  async dark_and_narrow() {
    const parent = await parentAt(server, browser, 5, 'small', { colorScheme: 'dark', reducedMotion: 'reduce' });
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

  async by_keyboard_alone() {
    const parent = await parentAt(server, browser, 6, 'desktop');
    const { page } = parent;
    await parent.composed();
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

  async an_answer_is_changed() {
    const parent = await parentAt(server, browser, 3);
    await parent.say('14/05/2017', 4);
    await parent.page.getByRole('button', { name: "Change: Your child's date of birth" }).click();
    check(await parent.page.evaluate(() => document.getElementById('form').contains(document.activeElement)),
          'the focus goes to the answer');
    await parent.page.getByLabel('Day').waitFor();
    await parent.shot('phone_change_date');
    await parent.say('15/05/2017', 4);
    check((await parent.lastWords()).includes('15-05-2017'), 'the new date is told', await parent.lastWords());
    await parent.page.locator('#change').click();
    await parent.page.getByRole('button', { name: 'Your name', exact: true }).click();
    await parent.page.getByLabel('Your name').waitFor();
    await parent.say('Helen Barlow-Lee', 4);
    await parent.say('Boy', 5);
    await parent.close();
  },

  // A screen reader tells whatever is put into the conversation, so what was told is not put in anew.
  async what_was_said_is_not_told_again() {
    const parent = await parentAt(server, browser, 3);
    const { page } = parent;
    await parent.say('14/05/2017', 4);
    await page.evaluate(() => {
      window.rows = { in: [], out: 0 };
      new MutationObserver((records) => {
        for (const { target, addedNodes, removedNodes } of records) {
          if (target.closest('.edit, .state')) continue;
          window.rows.in.push(...[...addedNodes].map((node) => node.textContent));
          window.rows.out += removedNodes.length;
        }
      }).observe(document.getElementById('talk'), { childList: true, subtree: true });
    });
    await parent.say('Boy', 5);
    const rows = await page.evaluate(() => window.rows);
    check(rows.out === 0 && rows.in.length === 2 && rows.in[0].startsWith('You said: Boy'), 'told:', rows);
    await parent.close();
  },

  async a_new_registration_asks_first() {
    const parent = await parentAt(server, browser, 3);
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

  async nothing_that_is_written_runs() {
    const tricks = [
      '<img src=x onerror="window.ran=1">', '<script>window.ran=1</script>', '<svg/onload=window.ran=1>',
      '[tap](javascript:window.ran=1)', '[tap](data:text/html,<script>window.ran=1</script>)',
      '[tap]( javascript:alert(1))', '[tap](//evil.example/x)', '[tap](https://good.example@evil.example/)',
      '![x](https://evil.example/x.png)', '<a href="javascript:window.ran=1">a</a>', '`<b>`', '**<i>x</i>**',
      '\u202eevil\u202c \u2066x\u2069 \u200f', '| <img src=x onerror=window.ran=1> | b |', '"><iframe src=/>',
    ];
    const links = [
      ['[the club](https://club.example/a)', 'the club (club.example)'],
      ['[https://club.com/pay](https://club.co)', 'https://club.com/pay (club.co)'],
      ['[https://club.example/a](https://club.example/a)', 'https://club.example/a'],
      ['[club.example](https://club.example/a)', 'club.example'],
      ['[mail](mailto:a@example.org)', 'mail (a@example.org)'],
      ['[a@example.org](mailto:a@example.org)', 'a@example.org'],
    ];
    const parent = await parentAt(server, browser, 25);
    const { page } = parent;
    for (const trick of tricks.slice(0, 3)) await parent.say(trick);
    // The same out of a model's mouth.
    await page.route('**/chat', (route) => route.fulfill({
      status: 200, contentType: 'application/json',
      body: JSON.stringify({ response: [...tricks, ...links.map(([text]) => text)].join('\n\n'), turn: 'turn_1', traceparent: '<b>', question: {
        routine: 7, field: 'x', kind: 'choice', label: tricks[0], autofill: null,
        choices: tricks.map((label) => ({ value: label, label })), editable: [{ field: 'x', label: tricks[0], value: tricks[0] }] },
        steps: { step: 3, of: 9 }, expects: 'text' }) }));
    const before = await parent.heard();
    await parent.type(tricks.join(' '));
    await parent.answered(before + 2);
    const found = await page.evaluate(() => ({
      ran: window.ran,
      elements: [...document.querySelectorAll('#talk *, #form *')].map((e) => e.localName).filter((n) => /^(img|script|svg|iframe|object|embed|style|b|i)$/.test(n)),
      links: [...document.querySelectorAll('#talk a')].map((a) => a.textContent),
      rel: [...document.querySelectorAll('#talk a')].every((a) => a.rel === 'noopener noreferrer'),
      turned: /[\u202a-\u202e\u2066-\u2069\u200f]/.test(document.body.textContent),
      handlers: [...document.querySelectorAll('*')].some((e) => [...e.attributes].some((a) => /^on/.test(a.name))),
    }));
    check(found.ran === undefined && found.elements.length === 0 && !found.turned && !found.handlers && found.rel, found);
    // A picture is a link at most; a label never hides where a link leads.
    check(JSON.stringify(found.links) === JSON.stringify(['x (evil.example)', ...links.map(([, text]) => text)]), found.links);
    await parent.shot('phone_tricks');
    await parent.close();
  },

  // Without a browser: how long the text takes is the question, not how it is laid out.
  async many_brackets_take_no_longer_than_other_text() {
    const { inline } = await moduleOf('markdown');
    const time = (text) => {
      const from = performance.now();
      inline(document.createElement('p'), text);
      return performance.now() - from;
    };
    const many = 20000;
    time('x'.repeat(many));
    const usual = time('x'.repeat(2 * many)) + 20;
    for (const text of ['[]'.repeat(many) + '(https://e.example)', '['.repeat(2 * many) + 'x](https://e.example)', '[a](x '.repeat(many) + ')']) {
      const taken = time(text);
      check(taken < 30 * usual, `${text.slice(0, 12)}: ${taken} ms, other text ${usual} ms`);
    }
  },

  async a_photo_in_words_is_not_a_photo() {
    const parent = await parentAt(server, browser, 25);
    await parent.say('(A photo of) FC', 7);
    await parent.page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('dugout.chat'));
      localStorage.setItem('dugout.chat', JSON.stringify({ ...kept, said: [kept.said.at(-1)] }));
    });
    await parent.page.reload();
    await parent.page.getByText('(A photo of) FC').first().waitFor();
    check((await heardOf(server, parent)).includes('(A photo of) FC'), 'the server has it');
    await parent.close();
  },

  async the_page_is_small_and_keeps_to_itself() {
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

await runTests({ ...tests, ...formTests(server, browser), ...deliveryTests(server, browser) }, async () => {
  await server.end();
  await browser.close();
});
