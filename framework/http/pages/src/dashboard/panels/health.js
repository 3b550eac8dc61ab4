// How it is, in one look; and in words why.
import { el, setText } from '../../shared/dom.js';
import { percent, span } from '../../shared/format.js';
import { panel, scroll } from '../panel.js';

export function healthPanel() {
  const mark = el('span', { class: 'mark', 'aria-hidden': 'true' }, '…');
  const word = el('strong', { class: 'word', id: 'health-word' }, 'Loading…');
  const rate = el('p', { class: 'soft' }, ' ');
  const fill = el('i');
  const limit = el('b');
  const meter = el('div', { class: 'meter', 'aria-hidden': 'true' }, fill, limit);
  const reasons = el('ul', { class: 'reasons' });
  const said = el('span', { class: 'unseen', role: 'status' });
  const card = el('div', { class: 'health', dataset: { state: 'unknown' } },
    el('div', { class: 'big' }, mark, el('div', {}, word, rate)), meter, scroll('Reasons', reasons), said);
  let before = null;

  return panel({
    id: 'health', title: 'Health', size: 4, height: 'top-row', body: [card],
    update({ health, version, uptime_s: uptime }) {
      const well = health.state === 'healthy';
      const nothing = health.success_rate === null;
      const warned = well && health.reasons.length > 0;
      card.dataset.state = !well ? 'bad' : warned ? 'warn' : 'good';
      setText(mark, !well ? '!' : warned ? '!' : '✓');
      setText(word, well ? 'Healthy' : 'Degraded');
      setText(rate, nothing ? 'No attempt in the last hour' : `${percent(health.success_rate)} of attempts succeeded`);
      fill.style.width = `${(nothing ? 0 : health.success_rate) * 100}%`;
      limit.style.left = `${health.threshold * 100}%`;
      const lines = health.reasons.length > 0 ? health.reasons
        : [`Nothing is out of order. Version ${version}, up for ${span(uptime * 1000)}.`];
      while (reasons.children.length > lines.length) reasons.lastChild.remove();
      lines.forEach((line, at) => setText(reasons.children[at] ?? reasons.appendChild(el('li')), line));
      if (before !== null && before !== health.state) setText(said, `Now ${health.state}`);
      before = health.state;
      document.title = `${well ? 'Healthy' : 'Degraded'} · Dashboard`;
    },
  });
}
