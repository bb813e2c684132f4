// A wall screen draws itself anew; while the server is away the last picture stays and says so.
(() => {
  const form = document.getElementById("wall-token");
  if (form) { // a token after # is sent by the form, so that it stands in no address and no log
    const given = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    if (given.startsWith("hotline_")) {
      form.elements.token.value = given;
      form.submit();
    }
    return;
  }

  async function draw() {
    let page = null;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (answer.status === 401) return location.reload(); // the token has ended
      if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    } catch {
      page = null;
    }
    if (page) document.querySelector("main").replaceWith(page);
    document.querySelector(".lost").hidden = Boolean(page);
  }

  setInterval(draw, 1000 * document.body.dataset.every);
})();
