// Small helps. Every page works without this file.
"use strict";

// Menus close by a click elsewhere and by Escape, which gives the focus back.
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(null, true); });
function closeMenus(except, refocus) {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu === except) return;
    menu.open = false;
    if (refocus) menu.querySelector("summary").focus();
  });
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));

// A refused form begins at its error summary, also where `autofocus` is not obeyed.
document.querySelector("[data-error-summary]")?.focus();

// On a narrow screen the tab that is open may stand outside it.
document.querySelectorAll(".tabs [aria-current]").forEach((tab) => { tab.closest("ul").scrollLeft = tab.offsetLeft - 48; });

// A job renews itself in place until it no longer runs.
document.querySelectorAll("[data-poll]").forEach((region) => {
  const renew = async () => {
    if (!region.querySelector("[data-running]")) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-poll]");
        if (fresh) region.replaceChildren(...fresh.childNodes);
      }
    } catch { /* the line is down: try again */ }
    setTimeout(renew, region.dataset.poll * 1000);
  };
  setTimeout(renew, region.dataset.poll * 1000);
});

// A double tap sends a form once. After some seconds it may be sent again: the line may have been down.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// A passkey that fails says so on the page.
document.addEventListener("allauth.error", (event) => {
  const words = document.querySelector("[data-passkey-error]");
  if (words) { event.preventDefault(); words.hidden = false; words.scrollIntoView(); }
});
