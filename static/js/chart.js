// A cursor over the chart of response times, by mouse, finger or arrow keys, says what was measured.
const WIDTH = 1000;
const STATUSES = ["Up", "Degraded", "Down", "Not judged"];
const SVG = "http://www.w3.org/2000/svg";

let shown = null;

function milliseconds(value) {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value.toFixed(value >= 10 ? 0 : 1)} ms`;
}

function words([, , , status, ms, upper, checks, down]) {
  const said = [];
  if (upper === null) said.push(STATUSES[status]);
  if (ms !== null) said.push(upper === null ? milliseconds(ms) : `median ${milliseconds(ms)}`);
  if (upper !== null) said.push(`95 % within ${milliseconds(upper)}`);
  if (checks > 1) said.push(`${down} of ${checks} checks down`);
  return said.join(" · ");
}

function moment([, at, offset]) {
  const time = document.createElement("time");
  time.dateTime = new Date(at * 1000).toISOString();
  time.dataset.style = "minute";
  time.dataset.offset = offset;
  return time;
}

function nearest(points, x) {
  let best = 0;
  for (let i = 1; i < points.length; i += 1) {
    if (Math.abs(points[i][0] - x) < Math.abs(points[best][0] - x)) best = i;
  }
  return best;
}

function show(plot, number) {
  const points = JSON.parse(plot.dataset.points);
  const point = points[Math.min(Math.max(number, 0), points.length - 1)];
  hide();
  const cursor = document.createElementNS(SVG, "path");
  cursor.setAttribute("class", "chart-cursor");
  cursor.setAttribute("d", `M${point[0]} 0V200`);
  const tip = document.createElement("p");
  tip.className = "chart-tip";
  tip.setAttribute("role", "status");
  const time = moment(point);
  tip.append(time, ` · ${words(point)}`);
  document.dispatchEvent(new CustomEvent("moment", { detail: time }));
  plot.append(cursor);
  plot.parentElement.append(tip);
  place(plot, tip, point[0]);
  shown = { plot, number: points.indexOf(point), cursor, tip };
}

function place(plot, tip, x) {
  const frame = plot.parentElement.getBoundingClientRect();
  const inside = plot.getBoundingClientRect();
  const middle = inside.left - frame.left + (inside.width * x) / WIDTH;
  const left = Math.min(Math.max(middle - tip.offsetWidth / 2, 0), frame.width - tip.offsetWidth);
  tip.style.left = `${left}px`;
  tip.style.top = "0";
}

function hide() {
  shown?.cursor.remove();
  shown?.tip.remove();
  shown = null;
}

function plotOf(event) {
  return event.target.closest?.("[data-points]");
}

document.addEventListener("pointermove", (event) => {
  const plot = plotOf(event);
  if (!plot) {
    if (shown && document.activeElement !== shown.plot) hide();
    return;
  }
  const frame = plot.getBoundingClientRect();
  const x = ((event.clientX - frame.left) / frame.width) * WIDTH;
  show(plot, nearest(JSON.parse(plot.dataset.points), x));
});
document.addEventListener("keydown", (event) => {
  const plot = plotOf(event);
  if (!plot) return;
  const last = JSON.parse(plot.dataset.points).length - 1;
  const now = shown?.plot === plot ? shown.number : last + 1;
  const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
  if (event.key === "Escape") hide();
  if (next === undefined) return;
  event.preventDefault();
  show(plot, next);
});
document.addEventListener("focusout", hide);
// A poll draws the plot anew, and so without the cursor.
document.addEventListener("htmx:after:swap", () => {
  if (!shown?.plot.isConnected) return hide();
  show(shown.plot, shown.number);
});
