// One routine in full: what parents read, what is wrong with its file, what it asks for, where it
// goes, how many came by, and its YAML.
import { markdown } from '../chat/markdown.js';
import { duration, h, grouped, plural, share } from './element.js';
import { showLine, yamlView } from './yaml.js';

function fact(name, value, note) {
  return h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, value, note ? h('small', {}, note) : null));
}

function facts(routine) {
  const end = routine.kind === 'end';
  const part = (figure) => (routine.reached ? share(figure, routine.reached) : null);
  return h('dl', { class: 'facts' },
    fact('Reached', grouped(routine.reached)),
    fact(end ? 'Finished' : 'Went on', grouped(routine.left), part(routine.left)),
    fact('Here now', grouped(routine.here)),
    fact('Stopped', grouped(routine.stopped), part(routine.stopped)),
    fact('Median', duration(routine.median_s)));
}

function lineButton(place, line, label) {
  return h('button', { type: 'button', class: 'place', onclick: () => showLine(line), 'aria-label': label ?? `Show line ${line}` }, place);
}

export function findingList(findings, here) {
  return h('ul', { class: 'findings' }, findings.map((finding) => {
    const place = `${finding.file}${finding.line ? `:${finding.line}${finding.column ? `:${finding.column}` : ''}` : ''}`;
    return h('li', { class: `finding finding-${finding.severity}` },
      h('strong', {}, finding.severity === 'error' ? 'Error' : 'Warning'), ' ',
      here && finding.line ? lineButton(place, finding.line, `Show ${place}`) : h('code', {}, place),
      h('p', {}, finding.message),
      finding.hint ? h('p', { class: 'hint' }, finding.hint) : null);
  }));
}

function spoken(routine) {
  const [first, ...others] = routine.spoken;
  if (!first) return h('p', { class: 'quiet' }, 'The server decides here; nothing is said.');
  const bubble = (said) => {
    const made = h('div', { class: 'bubble' });
    markdown(made, said.text);
    return made;
  };
  const parts = [];
  if (first.where === 'asked') parts.push(bubble(first));
  else others.unshift(first);
  if (others.length) {
    parts.push(h('details', { class: 'others' }, h('summary', {}, plural(others.length, 'other text')),
      others.map((said) => [h('h4', {}, capital(said.where), ' ', said.line ? lineButton(`line ${said.line}`, said.line) : null), bubble(said)])));
  }
  return parts;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function fields(routine) {
  if (!routine.fields.length) return null;
  const rows = routine.fields.map((field) => h('tr', {},
    h('th', { scope: 'row' }, h('code', {}, field.name), field.label ? h('small', {}, field.label) : null),
    h('td', {}, field.type === 'check' ? h('code', {}, field.check) : field.type.replace('_', '/'), field.type !== 'check' && field.check ? [' · ', h('code', {}, field.check)] : null),
    h('td', {}, [field.optional ? 'optional' : '', field.sensitive ? 'sensitive' : '', field.when ? `if ${field.when}` : ''].filter(Boolean).join(', ')),
    h('td', {}, lineButton(String(field.line), field.line))));
  return block('Asks for', h('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Fields' }, h('table', {},
    h('thead', {}, h('tr', {}, ['Field', 'Checked as', 'Notes', 'Line'].map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, rows))));
}

function calls(routine, link) {
  if (!routine.calls.length) return null;
  return block('Calls before it goes on', h('ol', { class: 'rules' }, routine.calls.map((call) => h('li', {},
    h('code', {}, call.tool), call.when ? [' if ', h('code', {}, call.when)] : null,
    call.on_failure ? ['; when it fails, ', link(call.on_failure)] : null))));
}

function ways(routine, flow, link) {
  const rules = routine.next.map((rule, index) => h('li', {},
    link(rule.to), ' ', rule.when ? ['if ', h('code', {}, rule.when)] : routine.next.length > 1 && index ? 'otherwise' : 'always',
    rule.sets.length ? h('small', {}, `notes ${rule.sets.join(', ')}`) : null,
    rule.clears.length ? h('small', {}, `forgets ${rule.clears.join(', ')}`) : null));
  if (routine.repair) rules.push(h('li', {}, link(routine.repair.then), ` after ${routine.repair.attempts} answers that will not do`));
  const out = flow.edges.filter((edge) => edge.from === routine.number && edge.to !== routine.number);
  const into = flow.edges.filter((edge) => edge.to === routine.number && edge.from !== routine.number);
  const counted = (edges, end) => h('ul', { class: 'ways' }, [...edges].sort((a, b) => b.traffic - a.traffic)
    .map((edge) => h('li', { class: `way-${edge.kind}` }, edge[end] ? link(edge[end], true) : 'Start', ' ', h('span', { class: 'taken' }, plural(edge.traffic, 'time')))));
  return [
    rules.length ? block('Next rules, the first that holds', h('ol', { class: 'rules' }, rules)) : null,
    h('div', { class: 'sides' },
      block('Came from', into.length ? counted(into, 'from') : h('p', { class: 'quiet' }, 'Nowhere')),
      block('Went to', out.length ? counted(out, 'to') : h('p', { class: 'quiet' }, 'Nowhere: the flow ends here'))),
  ];
}

function block(title, ...children) {
  return h('section', {}, h('h3', {}, title), children);
}

// link(number): a link to another routine.
export function detailsOf(routine, flow, link) {
  const kinds = { route: 'Decided by the server', end: 'End of the flow' };
  const yaml = routine.yaml === null
    ? h('p', { class: 'quiet' }, 'The file is not there any more.')
    : yamlView(routine.yaml, routine.findings);
  return [
    h('p', { class: 'over' }, h('code', {}, routine.file), kinds[routine.kind] ? h('span', { class: 'tag' }, kinds[routine.kind]) : null,
      routine.number === flow.start ? h('span', { class: 'tag' }, 'Start') : null),
    h('h2', { id: 'details-title', tabindex: '-1' }, h('span', { class: 'big-number' }, String(routine.number)), ' ', routine.title),
    routine.changed ? h('p', { class: 'notice' }, 'The file is not what serves: it was saved a moment ago, or has errors. Picture and texts are those that serve; the YAML and the findings are those of the file.') : null,
    facts(routine),
    routine.findings.length ? block('Findings', findingList(routine.findings, true)) : null,
    block('As the parent sees it', spoken(routine), h('p', { class: 'quiet' }, 'With invented names and numbers.')),
    routine.brief ? block('What a model is told besides', h('p', { class: 'brief' }, routine.brief)) : null,
    fields(routine), calls(routine, link), ways(routine, flow, link),
    block('YAML', yaml, routine.findings.length ? null : h('p', { class: 'good' }, 'The checks find nothing in this file.')),
  ];
}

// What is told while no routine is open: where most people stop. `missing`: a number that is none.
export function overview(flow, missing, link) {
  const stops = flow.routines.filter((routine) => routine.stopped > 0).sort((a, b) => b.stopped - a.stopped).slice(0, 5);
  const begun = flow.edges.find((edge) => edge.from === 0)?.traffic ?? 0;
  return [
    h('h2', {}, flow.title),
    missing ? h('p', { class: 'notice' }, `This flow has no routine ${missing}.`) : '',
    h('p', {}, `${plural(flow.routines.length, 'routine')}. Choose one to see what parents read, what it asks for and where it goes.`),
    h('dl', { class: 'facts' }, fact('Begun', grouped(begun)), fact('Finished', grouped(flow.routines.filter((one) => one.kind === 'end').reduce((sum, one) => sum + one.reached, 0))),
      fact('On their way', grouped(flow.routines.reduce((sum, one) => sum + one.here, 0))), fact('Stopped', grouped(flow.routines.reduce((sum, one) => sum + one.stopped, 0)))),
    block('Where most stop', stops.length
      ? h('ol', { class: 'most-stops' }, stops.map((routine) => h('li', {}, link(routine.number, true), ' ', h('span', {}, `${plural(routine.stopped, 'session')}, ${share(routine.stopped, routine.reached)} of those who came there`))))
      : h('p', { class: 'quiet' }, 'Nobody has stopped anywhere. A session counts as stopped when it has not changed for a day.')),
  ].filter(Boolean);
}
