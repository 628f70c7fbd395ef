/*
 * A part of each page. Runs before the first paint, so that neither the theme nor the tabs of the header change after
 * it. Therefore it is a classic script without imports. The values are preferences and names of
 * tabs, which theme.js and frame.js write.
 */
(() => {
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // the browser does not allow storage
    }
  };
  const theme = read('access-tokens.theme');
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
  document.documentElement.dataset.tabs = read('access-tokens.tabs') ?? '';
  document.documentElement.dataset.keys = /Mac|iPhone|iPad/.test(navigator.platform) ? 'mac' : 'other';
})();
