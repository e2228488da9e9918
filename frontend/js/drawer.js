// The drawer: focus goes to its heading when it opens and back to the figure when it closes; Esc and × close it.
let opener = null;
let before = null; // the address of the page without the drawer

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-opens-drawer]");
  if (!link) return;
  if (!document.getElementById("drawer")) before = location.href;
  opener?.classList.remove("on");
  opener = link;
  opener.classList.add("on");
});

document.addEventListener("htmx:after:swap", () => {
  const heading = document.querySelector("#drawer h2");
  if (!opener || !heading || heading.dataset.seen) return;
  heading.dataset.seen = "1";
  heading.tabIndex = -1;
  heading.focus();
});

function close(drawer) {
  history.replaceState(history.state, "", before);
  drawer.remove();
  opener.classList.remove("on");
  opener.focus();
  opener = null;
}

// Without an opener the server has drawn the drawer: its × is a link to the page without it.
const leave = (drawer) => (opener ? close(drawer) : drawer.querySelector("[data-close-drawer]")?.click());

document.addEventListener("keydown", (event) => {
  const drawer = document.getElementById("drawer");
  if (event.key === "Escape" && drawer && !document.querySelector("dialog[open],details.menu[open]")) leave(drawer);
});

document.addEventListener("click", (event) => {
  const drawer = event.target.closest("[data-close-drawer]") && document.getElementById("drawer");
  if (!drawer || !opener) return;
  event.preventDefault();
  close(drawer);
});
