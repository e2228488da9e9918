// Runs before paint, for pages the server wrote without a theme (cached, signed out): takes it from the cookie.
const root = document.documentElement;
const found = document.cookie.match(/(?:^|; )luodi_theme=(light|dark)/);
if (found && !root.dataset.theme) root.dataset.theme = found[1];
