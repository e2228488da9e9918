// What every page needs, signed in or not: menus, navigation on phones, theme, keys, focus.
const find = (selector, root = document) => root.querySelector(selector);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-nav]");
  if (button) button.setAttribute("aria-expanded", document.body.classList.toggle("nav-open"));
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    const dialog = closer.closest("dialog");
    if (dialog) {
      event.preventDefault();
      dialog.close();
    }
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = find("details.menu[open]");
  if (menu) {
    menu.open = false;
    find("summary", menu).focus();
  } else if (document.body.classList.contains("nav-open")) {
    document.body.classList.remove("nav-open");
    const button = find("[data-nav]");
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }
});

// The theme changes at once; the server is told so that the next page comes in it.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const chosen = (root.dataset.theme || system) === "dark" ? "light" : "dark";
  root.dataset.theme = chosen;
  const data = new FormData(form);
  data.set("theme", chosen);
  fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } }).catch(() => {});
});

// A text of limited length says how much is written and how much is missing.
document.addEventListener("input", (event) => {
  const count = event.target.dataset?.count && document.getElementById(event.target.dataset.count);
  if (!count) return;
  const written = [...event.target.value.trim()].length;
  const missing = Number(event.target.dataset.least || 0) - written;
  const words = missing > 0 ? count.dataset.missing : count.dataset.written;
  count.textContent = words.replace("{n}", written).replace("{m}", missing);
});

find(".errsum")?.focus();
