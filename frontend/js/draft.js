// Long forms keep themselves: what is typed goes to the form's own address with draft=keep, every 20 seconds and when a
// field is left. Without JavaScript the button «暂存» does the same.
const EVERY = 20_000;
let sending = null;

async function keep(form) {
  if (!form.dataset.dirty || sending) return;
  delete form.dataset.dirty;
  const data = new FormData(form);
  for (const field of form.querySelectorAll("input[type=file]")) data.delete(field.name);
  data.set("draft", "keep");
  const state = form.querySelector("[data-kept]");
  sending = new AbortController();
  try {
    const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
    const answer = await fetch(location.href, { method: "POST", body: data, headers, signal: sending.signal });
    const elsewhere = answer.headers.get("HX-Redirect"); // the session has ended; the words wait behind the sign-in
    if (elsewhere) location.assign(elsewhere);
    else if (answer.ok) state.textContent = await answer.text();
    else throw new Error(String(answer.status));
  } catch (error) {
    if (error.name === "AbortError") return;
    form.dataset.dirty = "1";
    state.textContent = state.dataset.failed;
  } finally {
    sending = null;
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form?.closest("form[data-draft]");
  if (form) form.dataset.dirty = "1";
});

document.addEventListener("focusout", (event) => {
  const form = event.target.form?.closest("form[data-draft]");
  if (form && !event.relatedTarget?.matches("button, a")) keep(form);
});

// What is being sent for good needs no draft any more.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-draft]")) return;
  delete event.target.dataset.dirty;
  sending?.abort();
});

setInterval(() => document.querySelectorAll("form[data-draft]").forEach(keep), EVERY);
