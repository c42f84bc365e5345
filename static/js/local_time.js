// Shows moments in the reader's own time zone; without it they stand in the site's.
const STYLES = {
  full: { dateStyle: "medium", timeStyle: "medium" },
  minute: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  time: { hour: "2-digit", minute: "2-digit" },
  day: { month: "short", day: "numeric" },
};

function localise(root) {
  for (const element of root.querySelectorAll("[data-style]")) {
    const moment = new Date(element.getAttribute("datetime") ?? element.dataset.datetime);
    const format = new Intl.DateTimeFormat(undefined, STYLES[element.dataset.style]);
    element.textContent = format.format(moment);
  }
}

localise(document);
document.addEventListener("htmx:load", (event) => localise(event.detail.elt));
