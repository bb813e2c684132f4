// Enter moves on to the next field, and sends the form from the last one.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !field.matches("form.entry input, form.entry select") || event.isComposing) return;
  const fields = [...field.form.querySelectorAll("input:not([type=hidden]):not([readonly]), select, textarea")];
  const next = fields[fields.indexOf(field) + 1];
  event.preventDefault();
  if (next) next.focus();
  else field.form.requestSubmit();
});
