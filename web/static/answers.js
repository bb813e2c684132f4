// Paper after paper by keyboard: a letter, or its number, chooses an option and goes on to the next question.
(() => {
  const paper = document.querySelector("form.paper");
  const stops = [...paper.querySelectorAll("input[type=text], input[type=date], fieldset")];

  function goOn(from) {
    const next = stops[stops.indexOf(from) + 1] ?? paper.querySelector("button");
    (next.querySelector("input") ?? next).focus();
  }

  function placeOf(code) {
    const letter = /^Key([A-Z])$/.exec(code);
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code);
    return letter ? letter[1].charCodeAt(0) - 65 : digit ? Number(digit[1]) - 1 : null;
  }

  paper.addEventListener("keydown", (event) => {
    const stop = event.target.closest("fieldset") ?? event.target;
    if (!stops.includes(stop) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      goOn(stop);
      return;
    }
    const place = stop.tagName === "FIELDSET" ? placeOf(event.code) : null;
    if (place === null) return;
    const options = [...stop.querySelectorAll("input")];
    const option = place < 0 ? options.find((one) => one.value === "") : options[place];
    if (!option) return;
    event.preventDefault();
    if (option.type === "checkbox") {
      option.checked = !option.checked;
      option.focus();
    } else {
      option.checked = true;
      goOn(stop);
    }
  });
})();
