// What the tests of the dashboard read: the page's tables, the server's figures, the sums of the attempt
// log, and a server over models that fail by plan.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dugout, source, until } from './browser.mjs';

const { dash, percent, words } = await import(join(source, 'framework/http/pages/src/shared/format.js'));

export const token = 'operators-token-of-the-test';

export const number = (text = '') => Number(text.replaceAll(',', ''));
export const sum = (list, figure) => list.reduce((all, one) => all + figure(one), 0);

export async function told(url, path) {
  const answer = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

export const logged = async (folder) => JSON.parse(await dugout('attempts', 'summary', '--json', '--data', folder, '--root', source));

// The rows of a table on a page, each an object by column title.
export function rowsOf(page, panel) {
  return page.$eval(`${panel} .table table`, (table) => {
    const titles = [...table.querySelectorAll('thead th')].map((cell) => cell.textContent);
    return [...table.querySelectorAll('tbody tr')].map((row) =>
      Object.fromEntries([...row.cells].map((cell, at) => [titles[at], (cell.querySelector('.bar-text') ?? cell).textContent])));
  });
}

export const tile = (page, title) => page.$eval('#hour .tiles', (tiles, wanted) => {
  const found = [...tiles.children].find((one) => one.querySelector('dt').textContent === wanted);
  return [...found.querySelectorAll('dd')].map((one) => one.textContent);
}, title);

// What a page shows of attempts, the figures of the server and the sums of the attempt log are equal.
export async function compareAttempts(page, data, summary) {
  const rows = await rowsOf(page, '#attempts');
  assert.deepEqual(rows.map((row) => row.Target).sort(), Object.keys(summary.targets).sort());
  for (const row of rows) {
    const target = summary.targets[row.Target];
    const outcomes = data.attempts.filter((one) => one.target === row.Target);
    for (const { outcome, count } of outcomes) assert.equal(number(row[words(outcome)]), count, `${row.Target} ${outcome}`);
    assert.equal(number(row.All), sum(outcomes, (one) => one.count), row.Target);
    assert.equal(number(row.All), target.attempts + target.from_memory, row.Target);
    assert.equal(number(row.ok) + number(row['tool calls']), target.good, row.Target);
    assert.equal(number(row.cancelled), target.called_back, row.Target);
    const counted = target.attempts - target.called_back;
    assert.equal(row.Success, counted > 0 ? percent(target.success_rate) : dash, row.Target);
  }
  for (const [name, figures] of Object.entries(summary.classes)) {
    assert.equal(sum(rows, (row) => number(row[words(name)])), figures.attempts, name);
  }
  const errors = await rowsOf(page, '#errors');
  assert.equal(errors.length, data.retry_metrics.top_errors.length);
  for (const error of data.retry_metrics.top_errors) {
    assert.equal(number(errors.find((row) => row.Class === words(error.class)).Count), error.count);
    assert.equal(summary.classes[error.class].attempts, error.count);
  }
  assert.equal(data.retry_metrics.success_rate, summary.all.success_rate);
  assert.ok((await page.textContent('#health')).includes(`${percent(summary.all.success_rate)} of attempts succeeded`));
}

// Models that fail in several ways, and are slow enough to be hedged. Where all is slower the same
// turns come in `longer` times the time, so that the page is open before they are over.
const scenario = (longer) => `about: Several troubles at once, for a test.
turns_per_second: ${2 / longer}
lasts: ${25 * longer}s
latency: 300ms
faults:
  - {kind: status, status: 503, share: 0.3, latency: 20ms}
  - {kind: garble, share: 0.1}
  - {kind: slow, target: openai_responses/gpt-4.1, share: 0.3, latency: 4s}
`;

// `dugout chaos --live` over a folder of its own.
export class Chaos {
  static async start(longer) {
    const chaos = new Chaos();
    chaos.folder = mkdtempSync(join(tmpdir(), 'dugout_chaos_'));
    const [file, log] = [join(chaos.folder, 'scenario.yaml'), join(chaos.folder, 'log')];
    writeFileSync(file, scenario(longer));
    chaos.said = '';
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(DUGOUT_|OPENAI_|AI_RETRY_)/.test(name)));
    chaos.process = spawn(process.env.DUGOUT, ['chaos', file, '--live', '--listen', '127.0.0.1:0', '--data', chaos.folder, '--root', source],
      { stdio: ['ignore', 'pipe', openSync(log, 'a')], env: { ...environment, DUGOUT_ADMIN_TOKEN: token } });
    chaos.process.stdout.on('data', (piece) => { chaos.said += piece; });
    await until('chaos listens', () => {
      assert.ok(!chaos.ended(), readFileSync(log, 'utf8'));
      return /listening on \S+\n/.test(chaos.said);
    });
    chaos.url = /listening on (\S+)/.exec(chaos.said)[1];
    return chaos;
  }

  // The last parent has been answered: it has printed what became of them, and goes on serving.
  over() {
    return this.said.includes('all on');
  }

  ended() {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  // Gives the exit code.
  async end() {
    this.process.kill('SIGTERM');
    await until('chaos ends', () => this.ended());
    rmSync(this.folder, { recursive: true, force: true });
    return this.process.exitCode;
  }
}
