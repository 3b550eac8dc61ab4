// The switch between light and dark; public/theme.js applies what was chosen before the page is drawn.
import { el, setAttribute, setText } from './dom.js';

export function currentTheme() {
  return document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
}

export function onTheme(changed) {
  addEventListener('dugout-theme', changed);
}

export function chooseTheme(theme) {
  try {
    localStorage.setItem('dugout.theme', theme);
  } catch {
    // It holds for this page then.
  }
  if (currentTheme() === theme) return;
  document.documentElement.dataset.theme = theme;
  dispatchEvent(new Event('dugout-theme'));
}

export const toggleTheme = () => chooseTheme(currentTheme() === 'dark' ? 'light' : 'dark');

export function themeButton() {
  const button = el('button', { type: 'button', class: 'icon-button', onclick: toggleTheme });
  const show = () => {
    const other = currentTheme() === 'dark' ? 'light' : 'dark';
    setText(button, other === 'dark' ? '☾' : '☀');
    setAttribute(button, 'aria-label', `Switch to the ${other} theme`);
    setAttribute(button, 'title', `Switch to the ${other} theme (t)`);
  };
  show();
  onTheme(show);
  return button;
}
