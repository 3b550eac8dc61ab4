// All panels of the overview, in the order an operator reads them: is it well, what goes on, why
// not, where do people stop, what is it made of.
import { el } from '../shared/dom.js';
import { attemptsPanel } from './panels/attempts.js';
import { errorsPanel, callTypesPanel } from './panels/retry.js';
import { funnelPanel } from './panels/funnel.js';
import { guardsPanel } from './panels/guards.js';
import { healthPanel } from './panels/health.js';
import { hourPanel } from './panels/hour.js';
import { latencyPanel, turnsPanel } from './panels/series.js';
import { pluginsPanel, toolsPanel } from './panels/parts.js';
import { runningPanel } from './panels/running.js';
import { stagesPanel } from './panels/stages.js';
import { workPanel } from './panels/work.js';

export function overview() {
  const panels = [
    healthPanel(), hourPanel(),
    turnsPanel(), latencyPanel(),
    attemptsPanel(), guardsPanel(),
    callTypesPanel(), errorsPanel(), stagesPanel(),
    runningPanel(), workPanel(),
    funnelPanel(),
    toolsPanel(), pluginsPanel(),
  ];
  const element = el('div', { class: 'overview' },
    el('h1', { class: 'unseen' }, 'Overview'),
    ...panels.map((panel) => panel.element));
  element.setAttribute('aria-busy', 'true');
  return {
    element,
    update(data) {
      element.removeAttribute('aria-busy');
      for (const panel of panels) panel.update(data);
    },
    old: (since) => panels.forEach((panel) => panel.old(since)),
  };
}
