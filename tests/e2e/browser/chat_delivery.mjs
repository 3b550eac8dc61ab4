// The parents' page: each message arrives once, whatever happens to lines, servers, tabs and reloads.
import { until } from './browser.mjs';
import { Parent, check, heardOf, moduleOf, parentAt, view } from './chat_driver.mjs';

const problem = (status, more = {}) => ({
  status, contentType: 'application/problem+json', headers: more,
  body: JSON.stringify({ title: 'Problem', status, detail: 'a problem' }) });

// Lets what is asked of this address wait: {seen: [route], release(answer(route))}.
async function hold(page, address) {
  const held = { seen: [] };
  const open = new Promise((done) => { held.release = done; });
  await page.route(address, async (route) => {
    held.seen.push(route);
    const answer = await open;
    await answer(route).catch(() => {});  // given up by the page meanwhile
  });
  return held;
}

const idOf = (route) => route.request().postDataJSON().client_message_id;

const lines = (server, browser) => ({
  async a_reload_in_the_middle() {
    const parent = await parentAt(server, browser, 8);
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
    check(said.length === (await view(server, session, parent)).messages.length, 'all was fetched', said);
    await parent.say('07700900123', 9);
    await parent.close();
  },

  async the_server_is_killed_in_the_middle() {
    const parent = await parentAt(server, browser, 8);
    const before = await parent.heard();
    await parent.composed();
    await server.stop('SIGKILL');
    await parent.give('07700900123');
    await parent.page.getByText('No connection just now').waitFor();
    await parent.shot('phone_no_connection');
    await parent.accessible('no connection');
    // The page may go and come meanwhile.
    await server.begin();
    await parent.answered(before + 2);
    await parent.stands('the restart', 9);
    check((await heardOf(server, parent)).filter((text) => text === '07700900123').length === 1, 'it arrived once');
    await parent.close();
  },

  async a_reload_while_a_message_is_under_way() {
    const parent = await parentAt(server, browser, 9);
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
    const { messages } = await view(server, (await parent.state()).session, parent);
    check(messages.length === before + 2, 'nothing is there twice', messages);
    await parent.close();
  },

  async five_seconds_without_a_network() {
    const parent = await parentAt(server, browser, 12);
    const { page } = parent;
    const before = await parent.heard();
    await parent.composed();
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

  // A connection that is gone without a word: the page does not wait for the end of its patience.
  async a_request_that_hangs_is_sent_again_when_the_line_is_back() {
    const parent = await parentAt(server, browser, 8);
    const { page } = parent;
    const before = await parent.heard();
    const held = await hold(page, '**/chat');
    await parent.give('07700900123');
    await until('it is under way', () => held.seen.length === 1);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await until('it is sent again', () => held.seen.length === 2);
    check(idOf(held.seen[0]) === idOf(held.seen[1]), 'the same message');
    check(await page.locator('#notice').isHidden(), 'nothing is wrong');
    held.release((route) => route.continue());
    await parent.answered(before + 2);
    await parent.stands('the line is back', 9);
    await parent.close();
  },

  async a_busy_server_is_asked_again() {
    const parent = await parentAt(server, browser, 6);
    const before = await parent.heard();
    const seen = [];
    await parent.page.route('**/chat', async (route) => {
      seen.push(idOf(route));
      if (seen.length > 2) return route.continue();
      return route.fulfill(problem(seen.length === 1 ? 409 : 503, { 'Retry-After': '1' }));
    });
    await parent.give('Yes');
    await parent.page.getByText('Very busy just now').waitFor();
    await parent.answered(before + 2);
    check(seen.length === 3 && new Set(seen).size === 1, 'the same message', seen);
    await parent.close();
  },

  async an_answer_that_never_arrives_can_be_taken_back() {
    const parent = await parentAt(server, browser, 8);
    const { page } = parent;
    const before = await parent.heard();
    await page.route('**/chat', (route) => route.fulfill(problem(500, { 'Retry-After': '1' })));
    await parent.give('0770090012');
    await page.getByRole('button', { name: 'Take this answer back' }).waitFor();
    await parent.shot('phone_take_back');
    await parent.accessible('an answer that may be taken back');
    await page.getByRole('button', { name: 'Take this answer back' }).click();
    await parent.composed();
    check((await parent.heard()) === before, 'it is not said');
    check((await page.getByLabel('Your mobile number').inputValue()) === '0770090012', 'it is here to be mended');
    await page.unroute('**/chat');
    await parent.say('07700900123', 9);
    await parent.close();
  },
});

const places = (server, browser) => ({
  // Whatever becomes of a message that is not wanted any more, and was too late to be given up.
  async the_end_of_one_message_is_not_that_of_the_next() {
    const { Delivery } = await moduleOf('delivery');
    const trouble = (kind) => () => { throw Object.assign(new Error(kind), { kind }); };
    for (const end of [() => ({ response: 'good' }), trouble('refused'), trouble('busy'), trouble('away')]) {
      const state = { outbox: { id: 'first' } };
      const told = [];
      const over = (message) => { told.push(message.id); state.outbox = null; };
      const send = async (message) => {
        if (message.id === 'second') return { response: 'good' };
        state.outbox = { id: 'second' };
        return end();
      };
      const delivery = new Delivery(send, () => state, {
        sending() {}, done: over, refused: over, trouble: (message) => told.push(message.id) });
      await delivery.run();
      check(told.join() === 'second' && !state.outbox, 'told of', told, state);
    }
  },

  async a_new_registration_while_a_message_is_under_way() {
    const parent = await parentAt(server, browser, 3);
    const { page } = parent;
    const held = await hold(page, '**/chat');
    await parent.give('14/05/2017');
    await until('the first is under way', () => held.seen.length === 1);
    await page.getByRole('button', { name: 'New registration' }).click();
    await page.getByRole('button', { name: 'Start anew' }).click();
    await parent.give('200-lions-u9-2526');
    await until('the second is under way', () => held.seen.length === 2);
    check(idOf(held.seen[1]) === (await parent.state()).outbox.id, 'it is the second one');
    // The first one's end, had it not been given up, would be no business of the second.
    const [first] = held.seen;
    held.release((route) => (route === first ? route.fulfill(problem(422)) : route.continue()));
    await parent.answered(2);
    await parent.stands('the second one', 1);
    check((await parent.heard()) === 2 && (await page.locator('#notice').isHidden()), 'nothing of the first one is here');
    await parent.close();
  },

  async a_second_tab_follows() {
    const parent = await parentAt(server, browser, 5);
    const second = new Parent(await parent.page.context().newPage());
    await second.open(server);
    await second.composed();
    await second.stands('the second tab', 5);
    await parent.say('No', 6);
    await second.page.getByText('play for Urmston Town').waitFor();
    await second.say('Yes', 7);
    await parent.page.getByRole('button', { name: 'Grandparent' }).waitFor();
    check(second.problems.length === 0, second.problems);
    await parent.close();
  },

  async a_tab_that_sleeps_does_not_hold_the_others_up() {
    const parent = await parentAt(server, browser, 5);
    const other = await parent.page.context().newPage();
    await other.goto(`${server.url}/icon.svg`);
    await other.evaluate(() => { navigator.locks.request('dugout.chat', () => new Promise(() => {})); });
    await parent.say('No', 6);
    await parent.close();
  },

  async an_older_view_does_not_undo_newer_answers() {
    const parent = await parentAt(server, browser, 5);
    const { page } = parent;
    const { session } = await parent.state();
    await parent.composed();
    const old = JSON.stringify(await view(server, session, parent));
    const held = await hold(page, `**/chat/${session}`);
    // However often there is a reason to ask, it is asked once.
    await page.evaluate(() => { for (let at = 0; at < 20; at += 1) dispatchEvent(new Event('focus')); });
    await until('it is asked', () => held.seen.length > 0);
    await parent.say('No', 6);
    check(held.seen.length === 1, 'asked once, not', held.seen.length);
    const [first] = held.seen;
    held.release((route) => (route === first ? route.fulfill({ contentType: 'application/json', body: old }) : route.continue()));
    await until('it is asked anew', () => held.seen.length === 2);
    await parent.composed();
    await parent.stands('an old view', 6);
    await parent.say('Yes', 7);
    await parent.close();
  },

  async only_the_server_can_forget_a_conversation() {
    const parent = await parentAt(server, browser, 5);
    const { page } = parent;
    const { session } = await parent.state();
    const address = `**/chat/${session}`;
    const ask = async (answer) => {
      await page.unroute(address);
      await page.route(address, (route) => route.fulfill(answer));
      const answered = page.waitForResponse(address);
      await page.evaluate(() => dispatchEvent(new Event('focus')));
      await (await answered).finished();
    };
    await parent.composed();
    for (const answer of [problem(403), problem(429), { status: 404, contentType: 'text/html', body: '<h1>Not here</h1>' }]) {
      await ask(answer);
      check((await parent.state()).session === session, 'the conversation is kept', answer);
    }
    await parent.shot('phone_proxy');
    await ask(problem(404));
    await page.getByText('does not know this conversation any more').waitFor();
    await parent.shot('phone_forgotten');
    check((await parent.state()).session !== session && (await parent.heard()) === 0, 'a new one begins');
    await parent.close();
  },

  async a_page_out_of_the_cache_looks_at_what_was_done() {
    const parent = await parentAt(server, browser, 5);
    const second = new Parent(await parent.page.context().newPage());
    // The first page hears nothing while it is in the cache.
    await parent.page.evaluate(() => addEventListener('storage', (event) => event.stopImmediatePropagation(), true));
    await second.open(server);
    await second.say('No', 6);
    await parent.page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await parent.page.getByText('play for Urmston Town').waitFor();
    await parent.close();
  },

  async what_is_old_is_dropped() {
    const parent = await parentAt(server, browser, 5);
    const { page } = parent;
    await page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('dugout.chat'));
      localStorage.setItem('dugout.chat', JSON.stringify({ ...kept, day: kept.day - 31 }));
    });
    await page.reload();
    await parent.ready();
    check((await parent.heard()) === 0 && (await parent.state()) === null, 'nothing is kept for longer than 30 days');
    await parent.close();
  },
});

export const deliveryTests = (server, browser) => ({ ...lines(server, browser), ...places(server, browser) });
