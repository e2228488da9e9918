// htmx: what happens when an answer is bad, when the tab is hidden, and where the focus goes after a swap.
import htmx from "htmx.org";
import { toast } from "./toasts.js";

window.htmx = htmx;
const words = () => document.getElementById("toasts")?.dataset ?? {};

// 422 is a form with its errors and was swapped in; 403 and 409 bring their own toast. The rest was not swapped.
const OWN_WORDS = new Set([403, 409, 422]);

document.addEventListener("htmx:response:error", (event) => {
  const { response } = event.detail.ctx;
  if (OWN_WORDS.has(response.status)) return;
  const reference = response.headers.get("X-Request-ID") ?? String(response.status);
  toast((words().failed ?? "").replace("{n}", reference), true);
});

// The session has ended: go to the sign-in page instead of showing it inside this one.
document.addEventListener("htmx:before:response", (event) => {
  const { raw } = event.detail.ctx.response;
  if (!raw.redirected || !new URL(raw.url).pathname.includes("/sign-in/")) return;
  event.preventDefault();
  location.assign(raw.url);
});

// A form that came back with errors: the summary gets the focus, as on a full page.
document.addEventListener("htmx:after:swap", () => {
  const summary = document.querySelector(".errsum:not([data-seen])");
  if (!summary) return;
  summary.dataset.seen = "1";
  summary.focus();
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) toast(words().offline ?? "", true);
});

// Polling rests while nobody looks.
document.addEventListener("htmx:before:request", (event) => {
  const asker = event.detail.ctx?.sourceElement;
  if (document.hidden && asker?.getAttribute("hx-trigger")?.includes("every")) event.preventDefault();
});
