// On a phone, what can wait is folded under its number; without this file it stands open. A link to what is folded opens it.
"use strict";

if (matchMedia("(max-width: 39.99rem)").matches) {
  document.querySelectorAll("details[data-fold-on-phones]").forEach((fold) => { fold.open = false; });
}
function unfold() {
  const fold = document.getElementById(location.hash.slice(1))?.closest("details.fold");
  if (fold) fold.open = true;
}
addEventListener("hashchange", unfold);
unfold();
