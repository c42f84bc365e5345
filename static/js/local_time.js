// Writes moments by the clock of the browser, where the reader has chosen no zone: what the server writes
// is by the chosen one, or by the site's. Both write the same way (`written` in the server's code).
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DATED = ["full", "dated", "date"];
// Moments that a reader sees as how long ago they were.
const COUNTED = '[data-style="since"], [data-style="ago"]';
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

// The two largest units of a stretch of time, as the server words them.
const UNITS = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]];

function lasting(seconds) {
  const at = UNITS.findIndex(([, size]) => seconds >= size);
  if (at < 0) return "0 s";
  const [unit, size] = UNITS[at];
  const next = UNITS[at + 1];
  const rest = next && Math.floor((seconds % size) / next[1]);
  return `${Math.floor(seconds / size)} ${unit}${rest ? ` ${rest} ${next[0]}` : ""}`;
}

// By the clock of this machine, or by the server's where another script has found how far that is ahead.
function now() {
  return Date.now() + Number(document.documentElement.dataset.ahead ?? 0);
}

function count(element) {
  const at = new Date(element.getAttribute("datetime"));
  const text = lasting(Math.max(0, Math.floor((now() - at) / 1000)));
  element.textContent = element.dataset.style === "ago" ? `${text} ago` : text;
}

function countAll(root) {
  for (const element of root.querySelectorAll(COUNTED)) count(element);
}

// Before it is counted: what the server wrote is the moment itself.
function keepMoments(root) {
  for (const element of root.querySelectorAll(COUNTED)) element.title ||= element.textContent;
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

function prepare(root) {
  if (!isChosen) localise(root);
  keepMoments(root);
  countAll(root);
}

prepare(document);
// Before what has come is compared with what is there: else every poll would write each time anew.
document.addEventListener("htmx:before:swap", (event) => {
  for (const task of event.detail.tasks) prepare(task.fragment);
});
setInterval(() => {
  if (!document.hidden) countAll(document);
}, 1_000);
document.addEventListener("visibilitychange", () => countAll(document));
// Another script has a moment to be written; it says how far the chosen clock is ahead then.
document.addEventListener("moment", (event) => write(event.detail));
