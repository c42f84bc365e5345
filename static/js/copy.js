// Buttons with data-copy="#id" copy the text of that element, or what is in that field.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
  button.textContent = "Copied";
});

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
