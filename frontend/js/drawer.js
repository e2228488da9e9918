// The drawer: focus goes to its heading when it opens and back to the figure when it closes; Esc and × close it.
let opener = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-opens-drawer]");
  if (link) opener = link;
});

document.addEventListener("htmx:after:swap", () => {
  const heading = document.querySelector("#drawer h2");
  if (!opener || !heading || heading.dataset.seen) return;
  heading.dataset.seen = "1";
  heading.tabIndex = -1;
  heading.focus();
});

/** Empties the drawer's place, takes the figure out of the address, gives the focus back. */
function close(drawer) {
  const address = new URL(location.href);
  address.searchParams.delete("f");
  history.replaceState(history.state, "", address);
  drawer.remove();
  opener?.focus();
  opener = null;
}

document.addEventListener("keydown", (event) => {
  const drawer = document.getElementById("drawer");
  if (event.key === "Escape" && drawer && !document.querySelector("dialog[open],details.menu[open]")) close(drawer);
});

document.addEventListener("click", (event) => {
  const drawer = event.target.closest("[data-close-drawer]") && document.getElementById("drawer");
  if (drawer && opener) {
    event.preventDefault();
    close(drawer);
  }
});
