// Ledger tables: choosing rows for a bulk act, and the height of rows.
function count(table) {
  const boxes = [...table.querySelectorAll("tbody .ckl input")];
  const chosen = boxes.filter((box) => box.checked);
  const all = table.querySelector("[data-all]");
  if (all) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  for (const box of boxes) box.closest("tr").classList.toggle("sel", box.checked);
  const bar = document.querySelector(".bulk");
  const words = bar?.querySelector("[data-chosen]");
  if (bar) bar.hidden = chosen.length === 0;
  if (words) words.textContent = words.dataset.chosen.replace("{n}", chosen.length);
}

document.addEventListener("change", (event) => {
  if (!event.target.matches(".ckl input")) return;
  const table = event.target.closest("table");
  if (event.target.matches("[data-all]")) {
    for (const box of table.querySelectorAll("tbody .ckl input")) box.checked = event.target.checked;
  }
  count(table);
});

document.addEventListener("click", (event) => {
  const clear = event.target.closest("[data-clear-chosen]");
  if (clear) {
    event.preventDefault();
    for (const box of document.querySelectorAll("tbody .ckl input:checked")) box.checked = false;
    document.querySelectorAll("table").forEach(count);
  }
  const density = event.target.closest("[data-density]");
  if (density) setRoomy(density.getAttribute("aria-pressed") !== "true");
});

function setRoomy(on) {
  document.querySelector("[data-density]")?.setAttribute("aria-pressed", String(on));
  document.querySelectorAll(".tb-l").forEach((table) => table.classList.toggle("roomy", on));
  try {
    localStorage.setItem("roomy", on ? "1" : "");
  } catch {
    // Without storage the height lasts for this page.
  }
}

function start() {
  for (const all of document.querySelectorAll("[data-all]")) count(all.closest("table"));
  try {
    if (localStorage.getItem("roomy")) setRoomy(true);
  } catch {
    // As above.
  }
}

start();
document.addEventListener("htmx:after:swap", start);
