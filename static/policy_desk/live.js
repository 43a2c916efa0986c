"use strict";

// A form that computes shows its answer while one types: it asks a moment after the last letter, and never saves.
document.querySelectorAll("form[data-live]").forEach((form) => {
  const result = form.querySelector("[data-live-result]");
  let waiting, asked = 0;
  const run = async () => {
    const number = ++asked, typed = new FormData(form);
    typed.set("act", "run");
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live-result]");
      if (fresh && number === asked) result.replaceChildren(...fresh.childNodes);
    } catch { /* the line is down: the button is still there */ }
    if (number === asked) result.removeAttribute("aria-busy");
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(run, 500); });
});
