// Single keys lead to pages and through rows. Loaded for whoever has not turned them off; every page works without it.
"use strict";

const ROWS = ".deadline-row, .home-rows > li, main tbody tr, [data-row]";
let first = "";
let row = null;

// Whoever types means the letter.
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
const shown = (element) => element.isConnected && element.getClientRects().length > 0;
const rows = () => Array.from(document.querySelectorAll(ROWS)).filter((it) => shown(it) && it.querySelector("a, button"));

function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = row && shown(row) ? all.indexOf(row) : all.findIndex((it) => it.contains(document.activeElement));
  row = all[Math.min(Math.max(here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by, 0), all.length - 1)];
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

// The row in which the reader stands, however they came there.
const current = () => {
  const inside = document.activeElement?.closest?.(ROWS);
  return inside ?? (row && shown(row) ? row : null);
};

async function help() {
  const address = document.querySelector("[data-go='?']")?.href;
  if (!address) return;
  let dialog = document.querySelector("dialog[data-help]");
  if (!dialog) {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      const sheet = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-sheet]");
      if (!sheet) throw new Error("no sheet");
      dialog = document.createElement("dialog");
      dialog.dataset.help = "";
      dialog.className = "key-help";
      dialog.setAttribute("aria-labelledby", "keys");
      dialog.append(sheet);
      document.body.append(dialog);
    } catch { location.assign(address); return; }
  }
  dialog.showModal();
}

const acts = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": help,
  j: () => step(1),
  k: () => step(-1),
  o: () => current()?.querySelector("a[href]")?.click(),
  d: () => current()?.querySelector("[data-done]")?.click(),
  u: () => document.querySelector("[data-undo]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
  const go = first && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
  const act = first ? go && (() => location.assign(go.href)) : acts[event.key];
  first = !first && event.key === "g" ? "g" : "";
  if (first) setTimeout(() => { first = ""; }, 1500);
  if (act) { event.preventDefault(); act(); }
});
