// Elements with lists among their children, and the figures of the pages for editors.
import { el, svg as drawn } from '../shared/dom.js';
import { dash } from '../shared/format.js';

export { plural } from '../shared/format.js';

const present = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== '');

export const h = (tag, properties, ...children) => el(tag, properties ?? {}, ...present(children));
export const svg = (tag, properties, ...children) => drawn(tag, properties ?? {}, ...present(children));

export const grouped = (value) => value.toLocaleString('en-GB');

// Of what was counted in buckets, so two digits are all there is to tell.
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return dash;
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86400) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86400).toFixed(1)} days`;
}

export const share = (part, whole) => (whole > 0 ? `${Math.round((part / whole) * 100)}\u00a0%` : dash);
