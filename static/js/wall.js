// A wall display: nobody reloads it, and nobody stands in front of it. So it keeps its own clock right, says
// over everything when it has not been answered for a while, and loads itself anew after an update.
const STALE_AFTER_MS = 60_000;
const CLOCK_MAY_BE_OFF_MS = 2_000;

const root = document.documentElement;
const sign = document.getElementById("sign");
const clock = document.getElementById("clock");
const drawnBy = () => document.getElementById("drawn-by").dataset.files;
const filesAtFirst = drawnBy();
let answered = moment();
let etag = "";
let isOff = false;
let ahead = 0;

// By both clocks: one may stand still while a machine sleeps, the other may be set.
function moment() {
  return { date: Date.now(), running: performance.now() };
}

function waitedMs() {
  const now = moment();
  return Math.max(now.date - answered.date, now.running - answered.running);
}

function show() {
  const waited = waitedMs();
  const mode = isOff ? "off" : waited >= STALE_AFTER_MS ? "stale" : "live";
  root.dataset.mode = mode;
  sign.hidden = mode === "live";
  const minutes = Math.floor(waited / 60_000);
  const text = {
    off: "This display was switched off.",
    stale: `No answer from the server for ${minutes}\u00a0min. What you see is out of date.`,
    live: "",
  }[mode];
  if (sign.textContent !== text) sign.textContent = text;
}

// How far the server's clock is ahead of this one; local_time.js counts by it too.
function follow(time) {
  const found = time - Date.now();
  if (Math.abs(found - ahead) > CLOCK_MAY_BE_OFF_MS) ahead = found;
  root.dataset.ahead = ahead;
}

document.addEventListener("htmx:config:request", (event) => {
  // Nothing of this page is to be stored, so the browser does not ask by itself whether it has changed.
  if (etag) event.detail.ctx.request.headers["If-None-Match"] = etag;
});
document.addEventListener("htmx:after:request", (event) => {
  const { status, headers } = event.detail.ctx.response;
  // Proxies answer 404 too, while what is behind them starts anew.
  const saysOff = headers.get("X-Wall-Display") === "off";
  if (status !== 200 && status !== 304 && !saysOff) return;
  answered = moment();
  isOff = saysOff;
  if (status === 200) etag = headers.get("ETag") ?? "";
  const time = Date.parse(headers.get("Date"));
  if (time) follow(time);
  show();
});
document.addEventListener("htmx:after:swap", () => {
  if (drawnBy() !== filesAtFirst) location.reload();
});
setInterval(show, 1_000);

follow(Date.parse(clock.dateTime));
const written = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: root.dataset.zone });
setInterval(() => {
  clock.textContent = written.format(new Date(Date.now() + ahead));
}, 1_000);

// Where the browser can, the screen stays on.
async function stayOn() {
  if (!document.hidden) await navigator.wakeLock?.request("screen").catch(() => {});
}
document.addEventListener("visibilitychange", stayOn);
stayOn();
