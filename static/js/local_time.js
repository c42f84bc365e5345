// Shows moments in the reader's own time zone; without it they stand in the site's.
const STYLES = {
  full: { dateStyle: "medium", timeStyle: "medium" },
  minute: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  time: { hour: "2-digit", minute: "2-digit" },
  date: { year: "numeric", month: "short", day: "numeric" },
  day: { month: "short", day: "numeric" },
};

function localise(root) {
  for (const element of root.querySelectorAll("[data-style]")) {
    const moment = new Date(element.getAttribute("datetime") ?? element.dataset.datetime);
    const format = new Intl.DateTimeFormat(undefined, STYLES[element.dataset.style]);
    element.textContent = format.format(moment);
  }
}

// Times that are typed are read in that zone too: the form says which it is, and sends it along.
function nameZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of document.querySelectorAll("[data-zone-field]")) field.value = zone;
  for (const element of document.querySelectorAll("[data-zone-name]")) element.textContent = zone;
}

localise(document);
nameZone();
// Before what has come is compared with what is there: else every poll would write each time anew.
document.addEventListener("htmx:before:swap", (event) => {
  for (const task of event.detail.tasks) localise(task.fragment);
});
