// Cells copied from a spreadsheet and pasted into a field fill the fields to its right and below.
document.addEventListener("paste", (event) => {
  const field = event.target, grid = field.closest?.("[data-grid]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!grid || !field.matches("input") || !/[\t\n]/.test(text.trimEnd())) return;
  const rows = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]).filter((row) => row.length);
  const top = rows.findIndex((row) => row.includes(field)), left = rows[top].indexOf(field);
  const lines = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
  event.preventDefault();
  if (top + lines.length > rows.length || lines.some((line) => left + line.length > rows[top].length)) {
    window.alert("粘贴的区域超出表格，未填入；请从区域左上角对应的格子开始粘贴。");
    return;
  }
  lines.forEach((line, down) => line.forEach((cell, across) => {
    if (cell.trim()) rows[top + down][left + across].value = cell.trim();
  }));
});
