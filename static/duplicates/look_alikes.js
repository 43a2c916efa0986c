// While a person is typed: asks who on file looks like them. Without this file a button does the same.
"use strict";

document.querySelectorAll("[data-look-alikes]").forEach((region) => {
  const button = region.querySelector("button");
  const found = region.querySelector("[data-found]");
  const form = button.form;
  const prefix = region.dataset.prefix ? `${region.dataset.prefix}-` : "";
  const fields = /^(family_name|given_name|patronymic|other_names|birth\w*|sex|document_number|document_country|reach)$/;
  const isOfPerson = (name) => name.startsWith(prefix) && fields.test(name.slice(prefix.length));
  const place = region.dataset.after && document.getElementById(region.dataset.after);
  if (place) place.after(region);
  let asked = "", waiting = 0, running = null;

  const typed = () => {
    const data = new URLSearchParams({ look_for: region.dataset.prefix, fragment: "1" });
    for (const [name, value] of new FormData(form)) {
      if (isOfPerson(name) || ["csrfmiddlewaretoken", "look_case", "look_client"].includes(name)) data.append(name, value);
    }
    return data;
  };

  const ask = async () => {
    const data = typed();
    if (String(data) === asked) return;
    asked = String(data);
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(region.dataset.lookAlikes, {
        method: "POST", body: data, credentials: "same-origin", signal: running.signal,
      });
      if (!answer.ok || answer.redirected) { asked = ""; return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      found.replaceChildren(...page.body.childNodes);
    } catch { asked = ""; /* the line is down: the next letter asks again */ }
  };

  form.addEventListener("input", (event) => {
    if (!isOfPerson(event.target.name || "")) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 600);
  });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    asked = "";
    ask();
  });
});
