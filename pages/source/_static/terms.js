// What a term of the glossary means, beside the term, for whoever points at it or comes to it by
// keyboard. Escape closes it. The meanings are in the page, see pages/tips.py.
(() => {
  const data = document.getElementById("terms");
  if (!data) return;
  const meanings = JSON.parse(data.textContent);
  const tip = document.createElement("div");
  tip.id = "term-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.querySelector(".bd-article").append(tip);
  let of = null;
  let leaving = 0;

  function show(link) {
    clearTimeout(leaving);
    hide();
    of = link;
    tip.textContent = meanings[link.hash.slice(1)];
    tip.hidden = false;
    link.setAttribute("aria-describedby", tip.id);
    const place = link.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const below = place.bottom + tip.offsetHeight + 8 < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(place.left, room - tip.offsetWidth - 8))}px`;
    tip.style.top = `${below ? place.bottom + 4 : place.top - tip.offsetHeight - 4}px`;
  }

  function hide() {
    of?.removeAttribute("aria-describedby");
    of = null;
    tip.hidden = true;
  }

  const leave = () => (leaving = setTimeout(hide, 250)); // time to reach the tip itself
  for (const link of document.querySelectorAll(".bd-article a:has(> .std-term)")) {
    if (!(link.hash.slice(1) in meanings)) continue;
    link.addEventListener("mouseenter", () => show(link));
    link.addEventListener("focus", () => show(link));
    link.addEventListener("mouseleave", leave);
    link.addEventListener("blur", hide);
  }
  tip.addEventListener("mouseenter", () => clearTimeout(leaving));
  tip.addEventListener("mouseleave", leave);
  addEventListener("scroll", hide, { passive: true });
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
