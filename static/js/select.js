// The list while services are selected: all of the page at once, how many are, and the tag only where one is needed.
const picks = () => [...document.querySelectorAll('input[name="pick"]')];
const change = document.querySelector("#select select");
const tag = document.getElementById("select-tag");
const count = document.getElementById("pick-count");
const picked = document.querySelector('#select [value="picked"]');

function show() {
  const all = picks();
  const chosen = all.filter((box) => box.checked).length;
  count.textContent = `: ${chosen}`;
  tag.hidden = !change.value.endsWith("-tag");
  const whole = document.getElementById("pick-page");
  if (!whole) return;
  whole.hidden = false;
  whole.checked = chosen > 0 && chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
}

document.addEventListener("change", (event) => {
  if (event.target.id === "pick-page") for (const box of picks()) box.checked = event.target.checked;
  if (event.target.matches(".pick")) picked.checked = true;
  show();
});
document.addEventListener("htmx:after:swap", show);
show();
