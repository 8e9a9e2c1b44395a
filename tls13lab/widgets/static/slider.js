// A slider that says what it is for: the browser's own range control, with its label.

function render({ model, el }) {
  const id = `slider-${Math.random().toString(36).slice(2)}`;
  el.classList.add("tls13lab-slider");
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = model.get("description");
  const range = document.createElement("input");
  Object.assign(range, { type: "range", id, step: 1 });
  const shown = document.createElement("output");
  shown.htmlFor = id;
  el.append(label, range, shown);

  function draw() {
    // In this order: a value above the old maximum would be cut down to it.
    range.min = model.get("min");
    range.max = model.get("max");
    range.value = model.get("value");
    shown.textContent = `${model.get("value")} of ${model.get("max")}`;
  }
  range.addEventListener("input", () => {
    model.set("value", Number(range.value));
    model.save_changes();
    draw();
  });
  range.addEventListener("keydown", (event) => {
    // JupyterLab would take these keys to go from cell to cell.
    if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") {
      event.stopPropagation();
    }
  });
  model.on("change:value change:min change:max", draw);
  draw();
}

export default { render };
