// The officer's keys, and no form twice. Function keys only: letters are for typing and for screen readers.

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const button = document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
  if (!/^F\d+$/.test(event.key) || !button) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});

// Coming back by the browser's own button shows the page as it was left, with its forms spent.
addEventListener("pageshow", (event) => event.persisted && location.reload());
