// Writes moments by the clock of the browser, where the reader has chosen no zone: what the server writes
// is by the chosen one, or by the site's. Both write the same way (`written` in the server's code).
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DATED = ["full", "dated", "date"];
const isChosen = Boolean(document.documentElement.dataset.zone);

function two(number) {
  return String(number).padStart(2, "0");
}

// What a clock shows that is some minutes ahead of UTC, to be read as if it were UTC.
function onClock(at, ahead = -at.getTimezoneOffset()) {
  return new Date(at.getTime() + ahead * 60_000);
}

function written(clock, style) {
  const time = `${two(clock.getUTCHours())}:${two(clock.getUTCMinutes())}`;
  if (style === "time") return time;
  const year = clock.getUTCFullYear();
  let day = `${clock.getUTCDate()} ${MONTHS[clock.getUTCMonth()]}`;
  if (DATED.includes(style) || year !== new Date().getFullYear()) {
    day = `${day} ${String(year).padStart(4, "0")}`;
  }
  if (style === "day" || style === "date") return day;
  return style === "full" ? `${day}, ${time}:${two(clock.getUTCSeconds())}` : `${day}, ${time}`;
}

function write(element) {
  const at = new Date(element.getAttribute("datetime") ?? element.dataset.datetime);
  const ahead = isChosen ? Number(element.dataset.offset) : undefined;
  element.textContent = written(onClock(at, ahead), element.dataset.style);
}

function localise(root) {
  for (const element of root.querySelectorAll("[data-style]")) write(element);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const element of root.querySelectorAll("[data-zone-name]")) element.textContent = zone;
  // Times that are typed are read by that clock too: the form says which it is, and sends it along.
  for (const field of root.querySelectorAll("[data-zone-field]")) field.value = zone;
  for (const field of root.querySelectorAll("[data-at]")) {
    field.value = onClock(new Date(field.dataset.at)).toISOString().slice(0, 16);
  }
}

if (!isChosen) {
  localise(document);
  // Before what has come is compared with what is there: else every poll would write each time anew.
  document.addEventListener("htmx:before:swap", (event) => {
    for (const task of event.detail.tasks) localise(task.fragment);
  });
}
// Another script has a moment to be written; it says how far the chosen clock is ahead then.
document.addEventListener("moment", (event) => write(event.detail));
