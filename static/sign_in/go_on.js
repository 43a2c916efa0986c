// Sends the form that waited for a proof; without this file, its button does.
const form = document.querySelector("[data-go-on]");
if (form && performance.getEntriesByType("navigation")[0]?.type === "navigate") form.submit();
