// Saves what is typed into a form as a draft on the server. Nothing is kept in the browser. Without this file a button does it.
"use strict";

(() => {
  const EVERY = 5000, LATE = 15000, GIVE_UP = 10000;
  // Read once and stored nowhere: they do not leave the page with a draft.
  const NEVER = ["machine_lines", "machine_filled", "read_lines"];

  document.querySelectorAll("[data-draft-url]").forEach((bar) => {
    const form = document.getElementById(bar.dataset.draftForm);
    if (!form || bar.dataset.works) return;
    bar.dataset.works = "1";
    const status = bar.querySelector("[role=status]"), replace = bar.querySelector("[data-draft-replace]");
    let sequence = 0, changes = 0, saved = 0, unsavedSince = 0, isRunning = false, isHeld = false, replaces = false;

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
      if (changes === saved || isHeld || (isRunning && !isLeaving)) return;
      const upTo = changes;
      isRunning = true;
      try {
        const answer = await fetch(bar.dataset.draftUrl, {
          method: "POST", body: packet(), headers: { "X-Draft": "1" }, credentials: "same-origin", redirect: "manual",
          keepalive: isLeaving, signal: isLeaving ? undefined : AbortSignal.timeout(GIVE_UP),
        });
        if (answer.type === "opaqueredirect") say(bar.dataset.signedOut, true);
        else if (answer.status >= 500) throw new Error("not saved");
        else await understand(answer, upTo);
      } catch {
        say(Date.now() - unsavedSince > LATE ? bar.dataset.late : bar.dataset.trying, true);
      }
      isRunning = false;
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
      if (unsavedSince && !isHeld && Date.now() - unsavedSince > LATE) say(bar.dataset.late, true);
    }, EVERY);
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
    addEventListener("pagehide", () => save(true));
    // Also when it is sent: the line may be down just then. If it arrives, the server forgets the draft and refuses what comes late.
    form.addEventListener("submit", () => save(true));

    replace.addEventListener("click", () => {
      isHeld = false; replaces = true; replace.hidden = true; changes += 1;
      save(false);
    });
  });
})();
