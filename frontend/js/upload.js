// Uploads with progress: XMLHttpRequest, because fetch (and so htmx 4) reports none. Without JavaScript the same form
// posts its files plainly. <form data-upload> holds input[type=file] and <ul class="up-f"> with a <template> line.
const PARALLEL = 2;

function size(bytes) {
  return bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function line(list, file) {
  const item = list.querySelector("template").content.firstElementChild.cloneNode(true);
  item.querySelector("[data-name]").textContent = file.name;
  item.querySelector("[data-size]").textContent = size(file.size);
  list.append(item);
  return item;
}

function send(form, file, item, done) {
  const request = new XMLHttpRequest();
  const bar = item.querySelector("progress");
  const state = item.querySelector("[data-state]");
  const button = item.querySelector("[data-cancel]");
  const list = item.parentElement;
  const data = new FormData(form);
  const field = form.querySelector("input[type=file]").name;
  data.delete(field);
  data.append(field, file);
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    state.textContent = `${Math.round(100 * bar.value)}%`;
  };
  const finish = (words, bad) => {
    bar.hidden = true;
    state.textContent = words;
    item.classList.toggle("is-bad", bad);
    button.hidden = !bad;
    button.textContent = list.dataset.retry;
    button.onclick = () => {
      bar.hidden = false;
      send(form, file, item, () => {});
    };
    done(!bad);
  };
  request.onload = () => {
    const refusal = request.getResponseHeader("X-Refusal");
    if (request.status < 300) finish(list.dataset.done, false);
    else finish(refusal ? decodeURIComponent(refusal) : list.dataset.failed, true);
  };
  request.onerror = () => finish(list.dataset.failed, true);
  request.onabort = () => {
    item.remove();
    done(false);
  };
  button.hidden = false;
  button.textContent = list.dataset.cancel;
  button.onclick = () => request.abort();
  request.send(data);
}

async function sendAll(form, files) {
  const list = form.querySelector(".up-f");
  const waiting = [...files].map((file) => [file, line(list, file)]);
  let stored = 0;
  const worker = async () => {
    while (waiting.length) {
      const [file, item] = waiting.shift();
      if (await new Promise((done) => send(form, file, item, done))) stored += 1;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  if (stored) form.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: { stored } }));
  if (stored && form.dataset.then && !list.querySelector(".is-bad")) location.assign(form.dataset.then);
}

document.addEventListener("change", (event) => {
  const form = event.target.matches("form[data-upload] input[type=file]") && event.target.form;
  if (!form) return;
  sendAll(form, event.target.files);
  event.target.value = "";
});

for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest?.(".drop")?.closest("form[data-upload]");
    if (!form) return;
    event.preventDefault();
    if (name === "drop") sendAll(form, event.dataTransfer.files);
  });
}
