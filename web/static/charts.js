// A chart's months one by one: pointer, finger or arrow keys show what a month tells; a click or Enter opens its page.
(() => {
  const box = document.createElement("div");
  box.className = "chart-tip";
  box.setAttribute("role", "status");
  let shown = null; // the chart that tells something

  function hide() {
    if (!shown) return;
    shown.cross.remove();
    shown = null;
    box.textContent = "";
    box.remove();
  }

  function show(chart, place) {
    if (shown && shown !== chart) hide();
    const strip = chart.strips[place];
    chart.place = place;
    shown = chart;
    const middle = strip.x.baseVal.value + strip.width.baseVal.value / 2;
    for (const end of ["x1", "x2"]) chart.cross.setAttribute(end, middle);
    if (!chart.cross.isConnected) chart.svg.insertBefore(chart.cross, chart.first);
    if (!box.isConnected) document.body.append(box);
    box.textContent = chart.words[place];
    const at = strip.getBoundingClientRect();
    const right = at.right + 8 + box.offsetWidth < innerWidth;
    box.style.left = `${Math.max(8, right ? at.right + 8 : at.left - box.offsetWidth - 8)}px`;
    box.style.top = `${Math.max(8, Math.min(at.top, innerHeight - box.offsetHeight - 8))}px`;
  }

  function open(chart) {
    const link = chart.strips[chart.place].parentNode;
    if (link.href) location.assign(link.href.baseVal);
  }

  function press(chart, event) {
    const last = chart.strips.length - 1;
    const place = shown === chart ? chart.place : last;
    const to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: last }[event.key];
    if (event.key === "Escape") hide();
    else if (event.key === "Enter" && shown === chart) open(chart);
    else if (to !== undefined) show(chart, Math.max(0, Math.min(last, to)));
    else return;
    event.preventDefault();
  }

  for (const svg of document.querySelectorAll("svg.chart")) {
    const strips = [...svg.querySelectorAll("rect.chart-hover")];
    if (!strips.length) continue;
    const cross = document.createElementNS(svg.namespaceURI, "line");
    cross.setAttribute("class", "chart-cross");
    cross.setAttribute("y1", 0);
    cross.setAttribute("y2", svg.viewBox.baseVal.height);
    const first = strips[0].closest("a") || strips[0];
    const chart = { svg, strips, cross, first, words: [], place: strips.length - 1 };
    let touched = -1; // a finger's first touch of a month shows it, its second opens it
    strips.forEach((strip, place) => {
      const link = strip.closest("a");
      const title = (link || strip).querySelector("title");
      chart.words.push(title.textContent);
      title.remove();
      if (link) link.setAttribute("aria-label", chart.words[place].replaceAll("\n", "，"));
      strip.addEventListener("pointerenter", () => show(chart, place));
      strip.addEventListener("click", (event) => {
        if (event.pointerType === "touch" && touched !== place) event.preventDefault();
        touched = place;
        show(chart, place);
      });
    });
    svg.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && hide());
    svg.setAttribute("tabindex", "0");
    svg.addEventListener("focus", () => svg.matches(":focus-visible") && show(chart, chart.strips.length - 1));
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", (event) => event.target === svg && press(chart, event));
  }
  document.addEventListener("pointerdown", (event) => shown && !shown.svg.contains(event.target) && hide());
  document.addEventListener("scroll", hide, { passive: true, capture: true });
})();
