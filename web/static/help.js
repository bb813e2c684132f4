// The card of an indicator, beside its name while the pointer or the focus is there; Escape puts it away.
(() => {
  const named = '[aria-describedby^="card-"]';
  let card = null;
  let timer = 0;

  function hide() {
    clearTimeout(timer);
    if (card) card.hidden = true;
    card = null;
  }

  function show(name) {
    hide();
    card = document.getElementById(name.getAttribute("aria-describedby"));
    if (!card) return;
    card.hidden = false;
    const box = name.getBoundingClientRect();
    const fits = box.bottom + card.offsetHeight + 8 < innerHeight || box.top < card.offsetHeight;
    card.style.left = `${Math.max(8, Math.min(box.left, innerWidth - card.offsetWidth - 8))}px`;
    card.style.top = `${fits ? box.bottom + 4 : box.top - card.offsetHeight - 4}px`;
  }

  document.addEventListener("mouseover", (event) => {
    const name = event.target.closest(named);
    clearTimeout(timer);
    if (name) timer = setTimeout(show, 250, name);
    else if (card && !card.contains(event.target)) timer = setTimeout(hide, 200);
  });
  document.addEventListener("focusin", (event) => (event.target.matches(named) ? show(event.target) : hide()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", () => card && hide(), { passive: true, capture: true });
})();
