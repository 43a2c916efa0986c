// Shift three times within two seconds leaves quickly, as the button at the foot of the page does.
"use strict";

{
  let presses = [];
  document.addEventListener("keyup", (event) => {
    presses = event.key === "Shift" ? [...presses, event.timeStamp].filter((at) => event.timeStamp - at < 2000) : [];
    const form = document.querySelector("[data-leave]");
    if (presses.length < 3 || !form) return;
    document.documentElement.hidden = true;
    form.submit();
  });
}
