// What was typed is not lost when the session ends: a form is sent only while it lives, and typing keeps it alive.
(() => {
  const page = document.body.dataset;
  const asked = new WeakSet(); // forms that are sent as they are: the server was asked just now
  const WARNING_S = Math.min(180, page.sessionLeft / 3);
  let asking = false;
  let typed = false; // since the server was last asked

  async function ask(address) {
    try {
      const answer = await fetch(address, { cache: "no-store" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  function caseOf(told) {
    if (!told) return "away";
    if (!told.login) return "over";
    return told.login === page.login ? "" : "other";
  }

  function say(which, told, place) {
    document.querySelectorAll(".session-told, .session-soon").forEach((one) => one.remove());
    const found = document.getElementById("session-told").content.querySelector(`[data-case="${which}"]`);
    if (!found) return;
    const note = found.cloneNode(true);
    note.querySelectorAll(".session-name").forEach((one) => { one.textContent = told.name; });
    note.querySelectorAll(".session-minutes").forEach((one) => {
      one.textContent = Math.max(1, Math.round(told.left_s / 60));
    });
    place(note);
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || !form.closest("main") || asked.delete(form)) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    const button = event.submitter;
    const told = await ask(page.session);
    asking = false;
    const which = caseOf(told);
    say(which, told, (note) => {
      const last = button ?? [...form.querySelectorAll("button")].pop();
      last ? last.after(note) : form.append(note);
      note.scrollIntoView({ block: "nearest" });
    });
    if (which) return;
    document.querySelectorAll("input[name=csrf_token]").forEach((one) => { one.value = told.token; });
    asked.add(form);
    form.requestSubmit(button);
    asked.delete(form); // a field that the browser finds fault with kept it here
  });

  async function watch() {
    const told = await ask(typed ? page.sessionStay : page.session);
    typed = false;
    sayStanding(told);
    if (told?.login === page.login) watchAfter(told.left_s);
    else if (!told) watchAfter(2 * WARNING_S);
  }

  function sayStanding(told) {
    const which = caseOf(told);
    const main = document.querySelector("main");
    const soon = which === "" && told.left_s <= WARNING_S + 5;
    if (soon || !which || main.querySelector("form[method=post]")) {
      say(soon ? "soon" : which, told, (note) => main.append(note));
    }
  }

  function watchAfter(left) {
    setTimeout(watch, 1000 * Math.max(left - WARNING_S, 30));
  }

  document.addEventListener("input", () => { typed = true; });
  document.addEventListener("click", async (event) => {
    if (!event.target.matches(".session-stay")) return;
    sayStanding(await ask(page.sessionStay));
  });
  watchAfter(Number(page.sessionLeft));
})();
