// The parents' page: the forms that answers are given in.
import { Parent, check, heardOf, parentAt, photo } from './chat_driver.mjs';

const refusal = (status, detail) => ({
  status, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Refused', status, detail }) });

export const formTests = (server, browser) => ({
  async a_double_tap_counts_once() {
    const parent = await parentAt(server, browser, 6);
    const before = await parent.heard();
    await parent.composed();
    await parent.page.getByRole('button', { name: 'Yes', exact: true }).dblclick();
    await parent.answered(before + 2);
    await parent.stands('two taps', 7);
    check((await parent.heard()) === before + 2, 'one message');
    await parent.close();
  },

  // The second tap comes when the next question is there, where its buttons are.
  async a_slow_double_tap_counts_once() {
    const parent = await parentAt(server, browser, 5);
    const { page } = parent;
    const before = await parent.heard();
    await page.evaluate(() => {
      window.taps = 0;
      new MutationObserver(() => {
        const form = document.getElementById('form');
        if (form.dataset.routine !== '6' || window.taps) return;
        window.taps += 1;
        form.querySelector('.choice').click();
      }).observe(document.getElementById('form'), { childList: true, subtree: true, attributes: true });
    });
    await parent.give('No');
    await parent.answered(before + 2);
    check((await page.evaluate(() => window.taps)) === 1, 'it was tapped');
    await parent.stands('two taps', 6);
    check((await parent.heard()) === before + 2, 'one message');
    await parent.say('Yes', 7);
    await parent.close();
  },

  async a_key_that_is_held_down_counts_once() {
    const parent = await parentAt(server, browser, 5, 'desktop');
    const { page } = parent;
    const before = await parent.heard();
    await parent.composed();
    await page.getByRole('button', { name: 'No', exact: true }).focus();
    await page.keyboard.down('Enter');
    await parent.answered(before + 2);
    await page.keyboard.down('Enter');  // without a release it is a repeat
    await page.keyboard.up('Enter');
    await parent.composed();
    await parent.stands('a key held down', 6);
    check((await parent.heard()) === before + 2, 'one message');
    await parent.close();
  },

  async a_refused_photo_is_followed_by_a_good_one() {
    const parent = await parentAt(server, browser, 34);
    const { page } = parent;
    const letter = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 no picture') };
    await parent.sendPhoto(letter, 34);
    // The same one again is a choice too.
    await parent.sendPhoto(letter, 34);
    await parent.shot('phone_photo_refused');
    await page.route('**/upload', (route) => route.fulfill(refusal(413, 'A photo may have at most 10 MB.')));
    await parent.choosePhoto(photo());
    await page.getByRole('button', { name: 'Send this photo' }).click();
    await page.getByText('A photo may have at most 10 MB.').waitFor();
    await page.getByText('Not sent').waitFor();
    await page.unroute('**/upload');
    await parent.sendPhoto(photo(), 35);
    await parent.close();
  },

  async a_large_photo_is_made_smaller() {
    const parent = await parentAt(server, browser, 34);
    const { page } = parent;
    await parent.choosePhoto(photo(2400, 3200, 3 << 20));
    const width = () => page.waitForFunction(() => document.querySelector('.chosen img')?.naturalWidth);
    check((await (await width()).jsonValue()) === 1500, 'the longest side has 2000 px');
    const sent = page.waitForRequest('**/upload');
    const before = await parent.heard();
    await page.getByRole('button', { name: 'Send this photo' }).click();
    const bytes = Number(await (await sent).headerValue('content-length'));
    check(bytes > 0 && bytes < 1 << 20, 'bytes sent:', bytes);
    await parent.answered(before + 2);
    await parent.stands('a large photo', 35);
    await parent.close();
  },

  async a_photo_on_a_weak_line_tells_how_far_it_is() {
    const parent = await parentAt(server, browser, 34);
    const { page } = parent;
    const before = await parent.heard();
    await parent.choosePhoto(photo(480, 640, 900000));
    const line = await page.context().newCDPSession(page);
    await line.send('Network.emulateNetworkConditions',
                    { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 300000 });
    await page.getByRole('button', { name: 'Send this photo' }).click();
    await page.waitForFunction(() => /^[1-9]\d? %$/.test(document.getElementById('status-share').textContent));
    await parent.shot('phone_photo_under_way');
    await parent.answered(before + 2);
    await parent.stands('a slow photo', 35);
    await parent.close();
  },

  async a_photo_outlives_a_reload() {
    const parent = await parentAt(server, browser, 34);
    const { page } = parent;
    const before = await parent.heard();
    await page.route('**/upload', (route) => route.abort());
    await parent.choosePhoto(photo());
    await page.getByRole('button', { name: 'Send this photo' }).click();
    await page.getByText('Kept here until it can be sent').waitFor();
    await page.unroute('**/upload');
    await page.reload();
    await parent.answered(before + 2);
    await parent.stands('a reload', 35);
    await parent.close();
  },

  async words_instead_of_a_form_and_back() {
    const parent = await parentAt(server, browser, 3);
    const { page } = parent;
    const words = page.getByRole('button', { name: 'Write a message instead' });
    await words.click();
    await parent.shot('phone_words_instead');
    await page.getByRole('button', { name: "Back to: Your child's date of birth" }).click();
    await page.getByLabel('Day').waitFor();
    // After an answer to what was written, the question has its own form again.
    const before = await parent.heard();
    await parent.type('what for?');
    await parent.answered(before + 2);
    await parent.stands('a question', 3);
    await page.getByLabel('Day').waitFor();
    await parent.say('14/05/2017', 4);
    await parent.close();
  },

  async a_refused_date_is_put_back() {
    const parent = await parentAt(server, browser, 3);
    const { page } = parent;
    await page.route('**/chat', (route) => route.fulfill(refusal(422, 'Not like this.')));
    await parent.give('14/05/2017');
    await page.getByText('Not like this.').waitFor();
    const boxes = await page.locator('fieldset input').evaluateAll((all) => all.map((box) => box.value));
    check(boxes.join() === '14,05,2017', 'the boxes have', boxes);
    await page.unroute('**/chat');
    await parent.composed();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('button', { name: 'Girl' }).waitFor();
    await parent.close();
  },

  async a_draft_outlives_a_reload() {
    const parent = await parentAt(server, browser, 9);
    const { page } = parent;
    await page.getByLabel('Your email').pressSequentially('helen.bar');
    await page.reload();
    await parent.ready();
    check((await page.getByLabel('Your email').inputValue()) === 'helen.bar', 'the draft is here');
    await parent.say('helen.barlow@example.org', 10);
    await page.reload();
    await parent.ready();
    check((await page.locator('#words').inputValue()) === '', 'what was sent is no draft');
    check((await heardOf(server, parent)).at(-1) === 'helen.barlow@example.org', 'it arrived');
    await parent.close();
  },

  async the_page_does_not_wait_for_its_texts() {
    const context = await browser.newContext();
    const page = await context.newPage();
    let release;
    const held = new Promise((done) => { release = done; });
    await page.route('**/api/page', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(server.url);
    const parent = new Parent(page);
    await parent.composed();
    await page.locator('#words').fill('200-lions-u9-2526');
    release();
    await parent.ready();
    check((await page.locator('#words').inputValue()) === '200-lions-u9-2526', 'what was written stays');
    await page.locator('#words').press('Enter');
    await parent.answered(2);
    await parent.close();
  },
});
