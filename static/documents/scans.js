// Chosen photos are shown, ordered, turned and shrunk here and sent one by one; a broken line loses none of them.
// Without this file the form sends everything at once.
"use strict";

const form = document.getElementById("add-scan");
const words = document.getElementById("scan-words")?.dataset;
const box = form?.querySelector("input[type=file]");

if (form && words && box && window.createImageBitmap) {
  const LONG_SIDE = 2400, PAUSES = [1, 2, 5, 10, 20, 30];
  const list = document.createElement("ul");
  list.className = "chosen";
  list.setAttribute("aria-live", "polite");
  box.after(list);
  const chosen = [];
  let place = Number(form.elements.place.value || 0), target = "", isSending = false;

  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button"; made.className = "btn btn-link"; made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };

  // Where the device has a camera, a second way to choose: it opens at once.
  const camera = document.createElement("input");
  camera.type = "file"; camera.accept = "image/*"; camera.setAttribute("capture", "environment"); camera.hidden = true;
  camera.addEventListener("change", () => take(camera));
  if (matchMedia("(pointer: coarse)").matches) list.before(button(words.camera, () => camera.click()), camera);
  box.addEventListener("change", () => take(box));

  function take(from) {
    for (const file of from.files) add(file);
    from.value = "";
  }

  async function add(file) {
    const row = document.createElement("li");
    const each = { file, row, turns: 0, bitmap: null, state: "waiting", place: null };
    const canvas = document.createElement("canvas"), about = document.createElement("div");
    each.canvas = canvas;
    each.said = document.createElement("div"); each.said.className = "said"; each.said.textContent = words.waiting;
    each.bar = document.createElement("progress"); each.bar.max = 1; each.bar.value = 0;
    each.bar.setAttribute("aria-label", `${words.sent}: ${file.name}`);
    each.halt = button(words.stop, () => stop(each)); each.halt.hidden = true;
    each.again = button(words.now, () => each.wake?.()); each.again.hidden = true;
    each.acts = document.createElement("div");
    each.acts.append(
      button(words.earlier, () => move(each, -1)), button(words.later, () => move(each, 1)),
      button(words.turn, () => { each.turns = (each.turns + 1) % 4; draw(each, canvas, 160); }),
      button(words.leave, () => { chosen.splice(chosen.indexOf(each), 1); row.remove(); goOn(); }));
    const name = document.createElement("div"); name.textContent = file.name;
    about.append(name, each.said, each.bar, each.acts, each.halt, each.again);
    row.append(canvas, about);
    chosen.push(each); list.append(row);
    try { each.bitmap = await createImageBitmap(file); draw(each, canvas, 160); } catch { /* a PDF, or what the server will judge */ }
  }

  function move(each, by) {
    const from = chosen.indexOf(each), to = from + by;
    if (to < 0 || to >= chosen.length || chosen[to].state !== "waiting") return;
    chosen.splice(from, 1); chosen.splice(to, 0, each);
    for (const it of chosen) list.append(it.row);
  }

  function draw(each, canvas, side) {
    if (!each.bitmap) return;
    const { width, height } = each.bitmap, scale = Math.min(1, side / Math.max(width, height));
    const w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale)), lies = each.turns % 2;
    canvas.width = lies ? h : w; canvas.height = lies ? w : h;
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#fff"; brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.translate(canvas.width / 2, canvas.height / 2);
    brush.rotate(each.turns * Math.PI / 2);
    brush.drawImage(each.bitmap, -w / 2, -h / 2, w, h);
  }

  // A photo leaves as small as it will be kept; anything else as it is.
  function made(each) {
    const { bitmap } = each;
    if (!bitmap || (!each.turns && Math.max(bitmap.width, bitmap.height) <= LONG_SIDE)) return Promise.resolve(each.file);
    const canvas = document.createElement("canvas");
    draw(each, canvas, LONG_SIDE);
    return new Promise((done) => canvas.toBlob((blob) => done(blob || each.file), "image/jpeg", 0.88));
  }

  // What was stopped waits like what was never sent; of a page that had arrived after all, the server keeps one.
  function stop(each) {
    each.isStopped = true;
    each.line?.abort();
    each.wake?.();
  }

  const post = (each, content) => new Promise((done) => {
    const data = new FormData(form);
    data.delete("files");
    data.set("files", content, "page");
    data.set("place", each.place);
    if (chosen.some((it) => it !== each && it.state === "waiting")) data.delete("replaces");
    const line = new XMLHttpRequest();
    line.open("POST", location.href);
    line.setRequestHeader("Accept", "application/json");
    line.timeout = 180000;
    line.upload.addEventListener("progress", (event) => { if (event.lengthComputable) each.bar.value = event.loaded / event.total; });
    for (const name of ["error", "timeout", "abort"]) line.addEventListener(name, () => done(null));
    line.addEventListener("load", () => {
      let answer = null;
      try { answer = JSON.parse(line.responseText); } catch { /* not ours: a sign-in page, or a broken proxy */ }
      done(answer && (line.status === 200 || line.status === 422) ? answer : null);
    });
    each.line = line;
    line.send(data);
  });

  // Wait before the next attempt: until the time is over, somebody says "now", or the device is connected again.
  const pause = (each, seconds) => new Promise((done) => {
    const timer = setTimeout(() => each.wake(), seconds * 1000);
    each.wake = () => { clearTimeout(timer); removeEventListener("online", each.wake); each.wake = null; done(); };
    addEventListener("online", each.wake);
  });

  async function send(each) {
    each.state = "sending"; each.acts.hidden = true; each.isStopped = false; each.halt.hidden = false;
    if (each.place === null) each.place = place++;
    const content = await made(each);
    for (let attempt = 0; ; attempt++) {
      each.said.textContent = words.saving;
      const answer = each.isStopped ? null : await post(each, content);
      if (answer || each.isStopped) each.halt.hidden = true;
      if (answer?.error) {
        each.state = "refused"; each.said.classList.add("is-refused");
        each.said.textContent = `${words.refused}: ${answer.error}`;
        return;
      }
      if (answer) { each.state = "saved"; each.bar.value = 1; each.said.textContent = words.saved; target = answer.url; return; }
      if (each.isStopped) {
        each.state = "stopped"; each.bar.value = 0; each.acts.hidden = false;
        each.said.textContent = words.stopped;
        return;
      }
      each.said.textContent = words.again;
      each.bar.value = 0; each.again.hidden = false;
      await pause(each, PAUSES[Math.min(attempt, PAUSES.length - 1)]);
      each.again.hidden = true;
    }
  }

  form.addEventListener("submit", async (event) => {
    // Pressed again, it sends also what was stopped.
    for (const each of chosen) if (each.state === "stopped" && !isSending) each.state = "waiting";
    if (!chosen.some((each) => each.state === "waiting")) {
      // All that was chosen is on its way or there; an empty form says so by itself.
      if (chosen.length) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    for (let next; (next = chosen.find((each) => each.state === "waiting"));) await send(next);
    isSending = false;
    goOn();
  }, true);

  // Once everything that is to be sent is there, its page opens.
  function goOn() {
    if (!isSending && target && chosen.every((each) => each.state === "saved")) location.assign(target);
  }

  window.addEventListener("beforeunload", (event) => {
    if (chosen.some((each) => ["waiting", "sending", "stopped"].includes(each.state))) event.preventDefault();
  });
}
