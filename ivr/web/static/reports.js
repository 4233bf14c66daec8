// The wallboard: says so when its figures are no longer fetched, so that nobody acts on old ones.

const board = document.getElementById("board");
const stale = document.getElementById("stale");

function tell(isStale) {
  board.classList.toggle("stale", isStale);
  stale.textContent = isStale ? stale.dataset.text : "";
  stale.hidden = !isStale;
}

for (const event of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(event, () => tell(true));
}
board.addEventListener("htmx:afterSwap", () => tell(false));
