// The Markdown that the club writes, as elements: paragraphs, headings, lists, tables, quotes, code,
// strong, emphasis and links. Nothing is ever parsed as HTML, so nothing in it can run. Time is
// linear in the length of the text, but for the nesting, which is bounded.
import { element, shown } from './text.js';

const mostNesting = 4;
const longestAddress = 2000;

// Where a link may lead; undefined = it stays text.
export function safeAddress(address, origin = location.origin) {
  const text = address.trim();
  if (/[\s\\]/.test(text) || text.startsWith('//')) return undefined;
  const relative = text.startsWith('/');
  if (!relative && !/^(https?:\/\/|mailto:)/i.test(text)) return undefined;
  try {
    const url = new URL(text, origin);
    if (relative && url.origin !== origin) return undefined;
    if (url.username || url.password) return undefined;
    return url;
  } catch {
    return undefined;
  }
}

// What a label must not hide: where the link leads. '' = the label says just that, or it is our own page.
function destination(label, url) {
  const said = label.trim();
  if (url.protocol === 'mailto:') return said === url.pathname ? '' : url.pathname;
  if (url.origin === location.origin) return '';
  return said === url.host || said === url.href ? '' : url.host;
}

function link(label, url, depth) {
  const made = element('a', { href: url.href, rel: 'noopener noreferrer', target: '_blank' });
  inline(made, label, depth + 1);
  const leads = destination(made.textContent, url);
  if (leads) made.append(element('span', { className: 'host', text: ` (${leads})` }));
  return made;
}

// Finds [label](address), for one `[` after the other. What lies ahead is looked up once, however many
// of them there are.
class Links {
  constructor(source) {
    Object.assign(this, { source, middle: -2, end: -2, opening: -1 });
  }

  // {label, url, end} of the link that begins at `at`; undefined = none does.
  from(at) {
    const { source } = this;
    if (this.middle !== -1 && this.middle < at) {
      this.middle = source.indexOf('](', at);
      this.opening = this.middle === -1 ? -1 : source.lastIndexOf('[', this.middle);
      if (this.end !== -1 && this.end < this.middle) this.end = source.indexOf(')', this.middle);
    }
    const { middle, end } = this;
    if (at !== this.opening || middle === at + 1 || end === -1 || end - middle > longestAddress) return undefined;
    const url = safeAddress(source.slice(middle + 2, end));
    return url && { label: source.slice(at + 1, middle), url, end };
  }
}

// The end of what is opened at `from` by `mark`; -1 = it is not closed in this text.
function closing(text, mark, from) {
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
    const before = text[at - 1];
    const after = text[at + mark.length];
    if (at === from || before === ' ' || before === '\\') continue;
    if (mark.length === 1 && (after === mark || before === mark)) continue;
    if (mark[0] === '_' && /[\p{L}\p{N}]/u.test(after ?? '')) continue;
    return at;
  }
  return -1;
}

const marks = [['**', 'strong'], ['__', 'strong'], ['*', 'em'], ['_', 'em']];

export function inline(parent, source, depth = 0) {
  let plain = '';
  const flush = () => {
    if (plain) parent.append(plain);
    plain = '';
  };
  const unclosed = new Set();  // marks known to have no end from here on
  const links = new Links(source);
  for (let at = 0; at < source.length; ) {
    const here = source[at];
    if (here === '\\' && /[\\`*_{}[\]()#+\-.!|<>~]/.test(source[at + 1] ?? '')) {
      plain += source[at + 1];
      at += 2;
      continue;
    }
    if (here === '`' && !unclosed.has('`')) {
      const end = source.indexOf('`', at + 1);
      if (end > at + 1) {
        flush();
        parent.append(element('code', { text: source.slice(at + 1, end) }));
        at = end + 1;
        continue;
      }
      if (end === -1) unclosed.add('`');
    }
    const linked = here === '[' && depth < mostNesting ? links.from(at) : undefined;
    if (linked) {
      flush();
      parent.append(link(linked.label, linked.url, depth));
      at = linked.end + 1;
      continue;
    }
    const found = depth < mostNesting && '*_'.includes(here) && marks.find(
      ([mark]) => source.startsWith(mark, at) && !unclosed.has(mark));
    if (found) {
      const [mark, tag] = found;
      const inner = at + mark.length;
      const inWord = here === '_' && /[\p{L}\p{N}]/u.test(source[at - 1] ?? '');
      const opens = !inWord && source[inner] !== undefined && source[inner] !== ' ';
      const end = opens ? closing(source, mark, inner) : -1;
      if (end > inner) {
        flush();
        const made = element(tag);
        inline(made, source.slice(inner, end), depth + 1);
        parent.append(made);
        at = end + mark.length;
        continue;
      }
      if (opens && end === -1) unclosed.add(mark);
      plain += mark;
      at = inner;
      continue;
    }
    plain += here;
    at += 1;
  }
  flush();
}

const cells = (line) => line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|').map((c) => c.trim());
const isRow = (line) => line !== undefined && /^\s*\|/.test(line);
const isRule = (line) => line !== undefined && line.includes('-') && /^[\s|:-]+$/.test(line);
const item = (line) => /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/.exec(line);

function table(lines, from, parent) {
  const made = element('table');
  const head = isRule(lines[from + 1]);
  let at = from;
  for (; isRow(lines[at]); at += 1) {
    if (head && at === from + 1) continue;
    const row = made.insertRow();
    const top = head && at === from;
    for (const text of cells(lines[at])) {
      const cell = element(top ? 'th' : 'td', { dir: 'auto', scope: top ? 'col' : undefined });
      inline(cell, text);
      row.append(cell);
    }
  }
  parent.append(element('div', { className: 'table', tabindex: '0', role: 'group', 'aria-label': 'Table' }, made));
  return at;
}

function list(lines, from, parent) {
  const first = item(lines[from]);
  const made = element(first[1] ? 'ol' : 'ul');
  if (first[1] && first[1] !== '1') made.setAttribute('start', first[1]);
  let at = from;
  for (let found = first; found && Boolean(found[1]) === Boolean(first[1]); found = item(lines[at] ?? '')) {
    const entry = element('li', { dir: 'auto' });
    inline(entry, found[2]);
    made.append(entry);
    at += 1;
  }
  parent.append(made);
  return at;
}

function fence(lines, from, parent) {
  let at = from + 1;
  while (at < lines.length && !lines[at].startsWith('```')) at += 1;
  parent.append(element('pre', { tabindex: '0' }, element('code', { text: lines.slice(from + 1, at).join('\n') })));
  return at + 1;
}

export function markdown(parent, source) {
  const lines = shown(source).split('\n');
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    if (!line.trim()) {
      at += 1;
    } else if (line.startsWith('```')) {
      at = fence(lines, at, parent);
    } else if (isRow(line)) {
      at = table(lines, at, parent);
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      parent.append(element('hr'));
      at += 1;
    } else if (item(line)) {
      at = list(lines, at, parent);
    } else {
      // Lines that follow each other are one paragraph, each line kept; a heading is a strong one.
      const heading = /^#{1,6}\s+(.*)$/.exec(line);
      const quote = /^>\s?/.test(line);
      const made = element(quote ? 'blockquote' : 'p', { dir: 'auto' });
      const into = heading ? made.appendChild(element('strong')) : made;
      inline(into, heading ? heading[1] : line.replace(/^>\s?/, ''));
      at += 1;
      while (!heading && at < lines.length && lines[at].trim() && !isRow(lines[at]) &&
             !item(lines[at]) && !lines[at].startsWith('```') && !/^#{1,6}\s/.test(lines[at]) &&
             /^>/.test(lines[at]) === quote) {
        made.append(element('br'));
        inline(made, lines[at].replace(/^>\s?/, ''));
        at += 1;
      }
      parent.append(made);
    }
  }
}
