// Figures and times as an operator reads them. Nothing known is a dash, never a nought.

export const dash = '–';
const known = (value) => value !== null && value !== undefined && Number.isFinite(Number(value));

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const cents = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const count = (value) => (known(value) ? whole.format(value) : dash);
// 1 -> "1 turn", 1234 -> "1,234 turns"
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

// 1,234 -> "1,234"; 12,345,678 -> "12.3 M"
export function short(value) {
  if (!known(value)) return dash;
  if (Math.abs(value) >= 1e9) return `${tenths.format(value / 1e9)} G`;
  if (Math.abs(value) >= 1e6) return `${tenths.format(value / 1e6)} M`;
  if (Math.abs(value) >= 1e5) return `${tenths.format(value / 1e3)} k`;
  return whole.format(value);
}

// 99.96 % must not read as all, nor 0.04 % as none.
export function percent(share) {
  if (!known(share)) return dash;
  const value = Number(share) * 100;
  if (value >= 100 || value <= 0) return `${whole.format(value)} %`;
  return `${tenths.format(Math.min(99.9, Math.max(0.1, value)))} %`;
}

export const ratio = (value) => (known(value) ? cents.format(value) : dash);
// What one attempt costs is less than a cent.
const fractions = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 });
export function money(value) {
  if (!known(value)) return dash;
  return value > 0 && value < 0.01 ? fractions.format(value) : cents.format(value);
}

export function bytes(value) {
  if (!known(value)) return dash;
  const units = ['B', 'KB', 'MB', 'GB'];
  let at = 0;
  let left = Number(value);
  while (left >= 1024 && at < units.length - 1) {
    left /= 1024;
    at += 1;
  }
  return `${at === 0 ? whole.format(left) : tenths.format(left)} ${units[at]}`;
}

// From milliseconds: "20 µs", "84 ms", "1.3 s", "2 min 5 s", "3 h 12 min", "2 d 4 h"
export function span(ms) {
  if (!known(ms)) return dash;
  const value = Number(ms);
  if (value > 0 && value < 1) return `${whole.format(Math.max(1, value * 1000))} µs`;
  if (value > 0 && value < 10) return `${tenths.format(value)} ms`;
  if (value < 1000) return `${whole.format(value)} ms`;
  const seconds = value / 1000;
  if (seconds < 60) return `${tenths.format(seconds)} s`;
  const all = Math.floor(seconds);
  if (all < 3600) return `${Math.floor(all / 60)} min ${all % 60} s`;
  if (all < 86400) return `${Math.floor(all / 3600)} h ${Math.floor((all % 3600) / 60)} min`;
  return `${Math.floor(all / 86400)} d ${Math.floor((all % 86400) / 3600)} h`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

function at(value, format) {
  const time = value instanceof Date ? value : new Date(value ?? NaN);
  return Number.isNaN(time.getTime()) ? dash : format.format(time);
}

export const clockTime = (value) => at(value, clock);
export const minuteTime = (value) => at(value, minute);
export const dayTime = (value) => at(value, day);

export function ago(value, now = Date.now()) {
  const time = new Date(value ?? NaN).getTime();
  if (Number.isNaN(time)) return dash;
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

// "half_open" -> "half open"
export const words = (name) => String(name ?? '').replaceAll('_', ' ');
