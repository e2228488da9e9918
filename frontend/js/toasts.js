// Toasts: short confirmations at the bottom right. Never the only place of an error (ui.md 5).
const LIFE = 6000;
const region = () => document.getElementById("toasts");

function leave(toast) {
  setTimeout(() => {
    if (toast.matches(":hover,:focus-within")) leave(toast);
    else toast.remove();
  }, LIFE);
}

/** Shows `words`; `bad` marks an error, which stays until it is closed. */
export function toast(words, bad = false) {
  const template = document.getElementById(bad ? "toast-bad" : "toast-ok");
  if (!template || !region()) return;
  const item = template.content.firstElementChild.cloneNode(true);
  item.querySelector("p").textContent = words;
  region().append(item);
  if (!bad) leave(item);
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".toast [data-dismiss]")) event.target.closest(".toast").remove();
});

for (const item of document.querySelectorAll(".toasts .toast:not(.toast-bad)")) leave(item);
