// Before anything is drawn: the theme the reader chose, else the system's, as data-theme on the root
// element. Kept small and plain, as it holds the page up; shared/theme.js has the switch.
(function () {
  var root = document.documentElement;
  var dark = matchMedia('(prefers-color-scheme: dark)');
  function show() {
    var chosen = null;
    try {
      chosen = localStorage.getItem('dugout.theme');
    } catch (_) {
      // Storage is off: the system's theme.
    }
    var theme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light';
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    dispatchEvent(new Event('dugout-theme'));
  }
  show();
  dark.addEventListener('change', show);
  addEventListener('storage', show);
})();
