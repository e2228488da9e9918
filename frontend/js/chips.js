// A text with figures: the tokens ⟦1610件·problems.found⟧ of the textarea are shown as chips that can be moved or
// deleted whole but not typed into. The textarea stays what is sent; without scripts it is what one edits.
const TOKEN = /⟦[^⟦⟧]*⟧/g;

function chip(token) {
  const span = document.createElement("span");
  const [text, ...asked] = token.slice(1, -1).split("·");
  span.className = "fig chip-f";
  span.contentEditable = "false";
  span.dataset.token = token;
  span.title = asked.join(" ");
  span.textContent = text || asked[0];
  return span;
}

function fill(editor, text) {
  editor.replaceChildren();
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    editor.append(text.slice(at, found.index), chip(found[0]));
    at = found.index + found[0].length;
  }
  editor.append(text.slice(at));
}

// The text with its tokens; a new line for each line the browser made.
function read(node) {
  let text = "";
  for (const one of node.childNodes) {
    if (one.nodeType === Node.TEXT_NODE) text += one.data;
    else if (one.dataset?.token) text += one.dataset.token;
    else if (one.nodeName === "BR") text += "\n";
    else text += (text && !text.endsWith("\n") ? "\n" : "") + read(one);
  }
  return text;
}

function caret(editor) {
  const selection = getSelection();
  if (!selection.rangeCount || !editor.contains(selection.anchorNode)) return "";
  const range = document.createRange();
  range.setStart(editor, 0);
  range.setEnd(selection.anchorNode, selection.anchorOffset);
  return String(read(range.cloneContents()).length);
}

for (const area of document.querySelectorAll("[data-chips]")) {
  const editor = document.createElement("div");
  editor.className = `${area.className} chips-e`;
  editor.contentEditable = "true";
  editor.lang = area.lang;
  editor.setAttribute("role", "textbox");
  editor.setAttribute("aria-multiline", "true");
  editor.setAttribute("aria-label", area.labels[0]?.textContent ?? "");
  editor.setAttribute("aria-describedby", area.getAttribute("aria-describedby"));
  fill(editor, area.value);
  area.hidden = true;
  area.after(editor);
  const place = area.form.elements.caret;
  const keep = () => {
    area.value = read(editor);
    if (place) place.value = caret(editor) || place.value;
  };
  for (const event of ["input", "keyup", "mouseup"]) editor.addEventListener(event, keep);
  editor.addEventListener("paste", (event) => {
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    document.execCommand("insertText", false, text);
  });
  area.labels[0]?.addEventListener("click", () => editor.focus());
  editor.focus();
}
