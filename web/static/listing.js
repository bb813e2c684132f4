// A table's rows while one types what to look for; Enter asks the server, which gives the same rows an address.
for (const form of document.querySelectorAll("form[data-listing]")) {
  const table = document.getElementById(form.dataset.listing);
  const field = form.elements.find;
  const count = form.querySelector('[role="status"]');
  const total = count.textContent.split("/")[1];
  if (!table) continue;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    let left = 0;
    let group = null;
    for (const row of table.tBodies[0].rows) {
      if (row.classList.contains("group")) {
        group = row;
        row.hidden = true;
        continue;
      }
      const name = row.cells[0].textContent.toLowerCase();
      row.hidden = !words.every((word) => name.includes(word));
      left += !row.hidden;
      if (group && !row.hidden) group.hidden = false;
    }
    count.textContent = `${left} /${total}`;
  });
}
