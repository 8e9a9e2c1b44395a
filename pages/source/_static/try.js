// The front page's instrument. Python has written all that can be seen; this only hides and shows.
(() => {
  const root = document.getElementById("try");
  if (!root) return;
  const scenes = [...root.querySelectorAll(".try-scene")];
  const radios = [...root.querySelectorAll("[type=radio]")];
  const steal = root.querySelector("[role=switch]");
  const buttons = [...root.querySelectorAll("[data-by]")];
  const place = root.querySelector(".try-place");
  const said = root.querySelector(".try-said");
  let shown = Infinity;

  function draw() {
    const mode = radios.find((one) => one.checked).value;
    const scene = scenes.find((one) => one.dataset.mode === mode);
    const lines = [...scene.querySelectorAll(".try-line")];
    shown = Math.max(1, Math.min(shown, lines.length));
    for (const one of scenes) one.hidden = one !== scene;
    lines.forEach((line, number) => {
      line.classList.toggle("is-later", number >= shown);
      if (number === shown - 1) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    });
    root.classList.toggle("is-stolen", steal.checked);
    place.textContent = `record ${shown} of ${lines.length}`;
    buttons[0].disabled = shown === 1;
    buttons[1].disabled = shown === lines.length;
    const when = steal.checked ? "after" : "before";
    said.textContent = scene.querySelector(`[data-when=${when}]`).textContent;
  }

  for (const one of [...radios, steal]) one.addEventListener("change", draw);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      shown += Number(button.dataset.by);
      draw();
      // A disabled button would lose the focus.
      if (button.disabled) buttons.find((one) => !one.disabled).focus();
    });
  }
  root.classList.add("is-live");
  root.querySelector(".try-controls").hidden = said.hidden = false;
  draw();
})();
