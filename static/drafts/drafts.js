// Saves what is typed into a form as a draft on the server. Nothing is kept in the browser. Without this file a button does it.
"use strict";

(() => {
  const EVERY = 5000, LATE = 15000, GIVE_UP = 20000, JUST_NOW = 3000;
  // Read once and stored nowhere: they do not leave the page with a draft.
  const NEVER = ["machine_lines", "machine_filled", "read_lines"];

  document.querySelectorAll("[data-draft-url]").forEach((bar) => {
    const form = document.getElementById(bar.dataset.draftForm);
    if (!form || bar.dataset.works) return;
    bar.dataset.works = "1";
    const status = bar.querySelector("[role=status]"), replace = bar.querySelector("[data-draft-replace]");
    let sequence = 0, changes = 0, saved = 0, unsavedSince = 0, isRunning = false, isHeld = false, replaces = false;
    let reachedAt = 0, waitingSince = 0, isLeavingNow = false, pressed = null, isTokenRenewed = false;

    function say(words, isWrong) {
      if (status.textContent !== words) status.textContent = words;
      status.classList.toggle("form-text", !isWrong);
      status.classList.toggle("field-refusal", isWrong);
    }

    function packet() {
      const data = new FormData(form);
      for (const name of [...data.keys()]) {
        if (NEVER.includes(name) || data.get(name) instanceof File) data.delete(name);
      }
      data.set("draft_sequence", ++sequence);
      if (replaces) data.set("draft_replace", "1");
      return data;
    }

    // What comes back late or never is sent again with a higher number; the server keeps the highest.
    async function save(isLeaving) {
      if ((changes === saved && !waitingSince) || isHeld || (isRunning && !isLeaving)) return;
      const upTo = changes;
      isRunning = true;
      let isOut = false;
      try {
        const answer = await fetch(bar.dataset.draftUrl, {
          method: "POST", body: packet(), headers: { "X-Draft": "1" }, credentials: "same-origin", redirect: "manual",
          keepalive: isLeaving, signal: isLeaving ? undefined : AbortSignal.timeout(GIVE_UP),
        });
        isOut = answer.type === "opaqueredirect";
        if (answer.status === 403 && await renewToken()) throw new Error("not saved yet");
        if (isOut) say(bar.dataset.signedOut, true);
        else if (answer.status >= 500) throw new Error("not saved");
        else await understand(answer, upTo);
        reachedAt = Date.now();
      } catch {
        unsavedSince = unsavedSince || Date.now();
        say(Date.now() - unsavedSince > LATE ? bar.dataset.late : bar.dataset.trying, true);
      }
      isRunning = false;
      if (!waitingSince || Date.now() - reachedAt > JUST_NOW) return;
      if (isOut || isHeld || changes === saved) send();
      else save(false);
    }

    // Over a line that is down the browser would put a page of its own in place of what was typed. So a form leaves only when
    // something has just got through; until then it waits here, and goes by itself.
    form.addEventListener("submit", (event) => {
      const hasJustArrived = changes === saved && Date.now() - reachedAt < JUST_NOW;
      const isInsisted = waitingSince && Date.now() - waitingSince > LATE;
      if (event.defaultPrevented || isLeavingNow || isHeld || hasJustArrived || isInsisted) return;
      event.preventDefault();
      pressed = event.submitter;
      if (waitingSince) return;
      waitingSince = Date.now();
      say(bar.dataset.sending, false);
      save(false);
    });

    function send() {
      waitingSince = 0;
      isLeavingNow = true;
      setTimeout(() => { isLeavingNow = false; }, 4000);
      form.requestSubmit(pressed);
    }

    // Whoever was signed out and has signed in again in another tab goes on here with a new token.
    async function renewToken() {
      if (isTokenRenewed) return false;
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = answer.ok && page.querySelector("[name=csrfmiddlewaretoken]");
      if (!token) return false;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((each) => { each.value = token.value; });
      return isTokenRenewed = true;
    }

    async function understand(answer, upTo) {
      const told = [200, 409, 422].includes(answer.status) ? await answer.json() : { said: bar.dataset.refused };
      say(told.said, !answer.ok);
      if (answer.ok) {
        saved = Math.max(saved, upTo);
        unsavedSince = changes === saved ? 0 : Date.now();
        replaces = false;
      } else if (answer.status === 422) {
        saved = upTo;  // the same again would be refused again: wait for the next change
      } else {
        isHeld = true;
        replace.hidden = !told.may_replace;
      }
    }

    function changed(event) {
      if (event.target.form !== form || NEVER.includes(event.target.name)) return;
      changes += 1;
      unsavedSince = unsavedSince || Date.now();
    }
    document.addEventListener("input", changed);
    document.addEventListener("change", changed);

    setInterval(() => {
      save(false);
      if (unsavedSince && changes !== saved && !isHeld && Date.now() - unsavedSince > LATE) say(bar.dataset.late, true);
    }, EVERY);
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
    addEventListener("pagehide", () => save(true));

    replace.addEventListener("click", () => {
      isHeld = false; replaces = true; replace.hidden = true; changes += 1;
      save(false);
    });
  });
})();
