// Buttons with data-copy="#id" copy the text of that element.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.textContent.trim());
  button.textContent = "Copied";
});

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
