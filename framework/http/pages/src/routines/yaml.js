// A YAML file with line numbers, a little colour, and the lines that findings speak of.
import { plain } from '../shared/dom.js';
import { h } from './element.js';

// The comment of a line begins at a # after a blank, outside of quotes.
function commentAt(line) {
  let quote = '';
  for (let i = 0; i < line.length; ++i) {
    const c = line[i];
    if (quote) quote = c === quote ? '' : quote;
    else if ((c === '"' || c === "'") && /[\s:[{,(-]/.test(line[i - 1] ?? ' ')) quote = c;
    else if (c === '#' && (i === 0 || /\s/.test(line[i - 1]))) return i;
  }
  return line.length;
}

function coloured(line) {
  const end = commentAt(line);
  const parts = [];
  const code = line.slice(0, end);
  const key = /^(\s*(?:- )?\{?)([\w.-]+)(:)(?=\s|$)/.exec(code);
  if (key) {
    parts.push(key[1], h('span', { class: 'y-key' }, key[2]), key[3]);
    parts.push(code.slice(key[0].length));
  } else {
    parts.push(code);
  }
  if (end < line.length) parts.push(h('span', { class: 'y-comment' }, line.slice(end)));
  return parts.filter((part) => part !== '');
}

// findings: of this file.
export function yamlView(text, findings) {
  const found = new Map(findings.map((finding) => [finding.line, finding.severity]));
  const rows = text.replace(/\n$/, '').split(/\r?\n/).map((line, index) => {
    const number = index + 1;
    const severity = found.get(number);
    return h('span', { class: `y-line${severity ? ` y-${severity}` : ''}`, id: `line-${number}`, 'data-line': number },
      h('span', { class: 'y-number', 'aria-hidden': 'true' }, String(number)),
      h('span', { class: 'y-text' }, coloured(plain(line))), '\n');
  });
  return h('pre', { class: 'yaml', tabindex: '0', role: 'region', 'aria-label': 'The YAML of the routine' }, h('code', {}, rows));
}

export function showLine(number) {
  const line = document.getElementById(`line-${number}`);
  if (!line) return;
  for (const other of document.querySelectorAll('.y-shown')) other.classList.remove('y-shown');
  line.classList.add('y-shown');
  line.closest('details')?.setAttribute('open', '');
  const frame = line.closest('.yaml');
  frame.scrollTop = line.offsetTop - frame.clientHeight / 2;
  frame.focus({ preventScroll: true });
  frame.scrollIntoView({ block: 'nearest' });
}
