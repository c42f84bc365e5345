// Single-key shortcuts. They can be turned off in the dialog that lists them, for this browser.
const OFF = "shortcuts-off";
const dialog = document.getElementById("keys");
const switched = dialog?.querySelector("input");
const opener = document.querySelector("[data-keys]");

function isOn() {
  try {
    return localStorage.getItem(OFF) !== "yes";
  } catch {
    return true;
  }
}

function open() {
  switched.checked = isOn();
  dialog.showModal();
}

// The first link of each row that can be seen, of whatever table the page is about.
function rows() {
  return [...document.querySelectorAll("main tbody tr")].map((row) => row.querySelector("a")).filter((link) => link?.checkVisibility());
}

function go(step) {
  const links = rows();
  const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const at = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
  links[at]?.focus();
}

const ACTIONS = {
  "/": () => document.querySelector('main input[type="search"], main input[name="q"]')?.focus(),
  j: () => go(1),
  k: () => go(-1),
  x: () => document.activeElement.closest("tr")?.querySelector(".pick")?.click(),
  n: () => location.assign(dialog.dataset.add),
  "?": open,
};

function isTyping(element) {
  return element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  const action = ACTIONS[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || !isOn()) return;
  event.preventDefault();
  action();
});

if (dialog) {
  opener.hidden = false;
  opener.addEventListener("click", open);
  switched.addEventListener("change", () => localStorage.setItem(OFF, switched.checked ? "no" : "yes"));
}
