// Pages that stay open: a hidden tab asks nothing, title and icon follow what is shown, and a page whose
// questions fail says so.
const POLLED = '[hx-trigger^="every"]';
const NOTIFY = "notify-when-down";
// How often a hidden tab asks that is to notify.
const HIDDEN_EVERY_MS = 60_000;

const offline = document.getElementById("offline");
const announcer = document.getElementById("announcer");
const icon = document.querySelector('link[rel="icon"]');
const iconOfCalm = icon?.href;
let askedAt = Date.now();
let downBefore = down();

function isWanted() {
  try {
    return localStorage.getItem(NOTIFY) === "yes" && Notification.permission === "granted";
  } catch {
    return false;
  }
}

function down() {
  return Number(document.getElementById("live-title")?.dataset.down ?? 0);
}

function ask() {
  for (const element of document.querySelectorAll(POLLED)) element.dispatchEvent(new CustomEvent("every"));
}

document.addEventListener(
  "every",
  (event) => {
    const isDue = isWanted() && Date.now() - askedAt >= HIDDEN_EVERY_MS;
    if (document.hidden && !isDue) event.stopImmediatePropagation();
    else askedAt = Date.now();
  },
  true,
);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});
window.addEventListener("online", ask);

function follow() {
  const live = document.getElementById("live-title");
  if (!live) return;
  if (document.title !== live.dataset.title) {
    document.title = live.dataset.title;
    announcer.textContent = live.dataset.said;
  }
  const wanted = down() ? icon.dataset.down : iconOfCalm;
  if (icon.href !== wanted) icon.href = wanted;
  if (down() > downBefore && document.hidden && isWanted()) {
    new Notification(live.dataset.said, { tag: "down", icon: icon.dataset.down });
  }
  downBefore = down();
}

function isPoll(event) {
  return event.detail.ctx?.sourceElement?.matches(POLLED);
}

function say(isOffline) {
  if (offline.hidden !== isOffline) return;
  offline.hidden = !isOffline;
  const timeZone = document.documentElement.dataset.zone;
  const since = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  offline.textContent = isOffline ? `No connection since ${since}. This page may be out of date.` : "";
}

document.addEventListener("htmx:after:swap", follow);
document.addEventListener("htmx:after:request", (event) => {
  if (isPoll(event)) say(event.detail.ctx.response.status >= 500);
});
document.addEventListener("htmx:error", (event) => {
  if (isPoll(event)) say(true);
});
follow();

// Whoever wants to be notified by this browser says so here.
const button = document.querySelector("[data-notify]");

function show() {
  button.setAttribute("aria-pressed", String(isWanted()));
}

const canNotify = window.isSecureContext && "Notification" in window;
// It is there from the start, so that nothing moves where a browser can: most can.
if (button && !canNotify) button.hidden = true;
if (button && canNotify) {
  show();
  button.addEventListener("click", async () => {
    const turnsOn = !isWanted();
    if (turnsOn && (await Notification.requestPermission()) !== "granted") {
      announcer.textContent = "This browser does not allow notifications from here.";
      return;
    }
    localStorage.setItem(NOTIFY, turnsOn ? "yes" : "no");
    show();
  });
}
