// The byte inspector's front end: a grid of bytes, and what the one in focus is part of.
// All that it shows came with the parts; while one moves from byte to byte, Python is not asked.

const PER_ROW = 16;

function element(tag, attributes, text) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function render({ model, el }) {
  const parts = model.get("parts");
  el.classList.add("tls13lab-bytes");
  const id = Math.random().toString(36).slice(2);

  const partMenu = element("select", { id: `part-${id}` });
  parts.forEach((part, n) => partMenu.append(element("option", { value: n }, part.title)));
  const fieldMenu = element("select", { id: `field-${id}` });
  const grid = element("div", { role: "grid", "aria-label": "bytes; the arrow keys move" });
  const told = element("div", { role: "status", "aria-live": "polite", class: "told" });
  const head = element("div", { class: "head" });
  if (parts.length > 1) {
    head.append(element("label", { for: `part-${id}` }, "Message or record: "), partMenu, " ");
  } else {
    head.append(element("strong", {}, parts[0].title), ". ");
  }
  head.append(element("label", { for: `field-${id}` }, "Field: "), fieldMenu);
  const note = element("p", { class: "note" },
    "Arrow keys, Home, End or the mouse choose a byte. Framed: this byte. Underlined: its field. " +
    "Dotted above: goes into the binder's hash.");
  el.append(head, grid, told, note);

  let part, cells = [], owner = [];

  const fieldAt = (at) => part.fields[owner[at]];

  // Within the grid only: scrolling the page would take it away from under the reader.
  function reveal(cell) {
    const over = cell.offsetTop - grid.scrollTop;
    if (over < 0) grid.scrollTop = cell.offsetTop;
    const under = over + cell.offsetHeight - grid.clientHeight;
    if (under > 0) grid.scrollTop += under;
  }

  function show(at, focus) {
    cells.forEach((cell, n) => {
      cell.tabIndex = n === at ? 0 : -1;
      cell.classList.toggle("here", n === at);
      cell.classList.toggle("field", owner[n] === owner[at]);
      cell.setAttribute("aria-selected", n === at ? "true" : "false");
    });
    if (focus) cells[at].focus({ preventScroll: true });
    fieldMenu.value = owner[at];
    const field = fieldAt(at);
    const value = part.hex.slice(2 * field.start, 2 * field.end).match(/../g).join(" ");
    const rows = [
      ["byte", `number ${at}, counted from 0: ${part.hex.slice(2 * at, 2 * at + 2)} ` +
        `(decimal ${parseInt(part.hex.slice(2 * at, 2 * at + 2), 16)})`],
      ["field", `${field.path}, bytes ${field.start} to ${field.end - 1}`],
      ["its bytes", value.length > 191 ? `${value.slice(0, 191)} ...` : value],
      ["meaning", field.meaning],
      ["section", `RFC 9846 ${field.section}`],
      ["goes into", field.hashes],
    ];
    const table = element("table");
    for (const [name, text] of rows) {
      const row = element("tr");
      row.append(element("th", { scope: "row" }, name), element("td", {}, text));
      table.append(row);
    }
    told.replaceChildren(table);
    if (model.get("byte") !== at) {
      model.set("byte", at);
      model.save_changes();
    }
  }

  function load(number, at) {
    part = parts[number];
    partMenu.value = number;
    owner = [];
    part.fields.forEach((field, n) => {
      for (let place = field.start; place < field.end; place += 1) owner[place] = n;
    });
    fieldMenu.replaceChildren(
      ...part.fields.map((field, n) => element("option", { value: n }, `${field.start}: ${field.path}`)));
    cells = [];
    const rows = [];
    for (let start = 0; start < part.hex.length / 2; start += PER_ROW) {
      const row = element("div", { role: "row" });
      row.append(element("span", { role: "rowheader" }, String(start).padStart(4)));
      for (let place = start; place < Math.min(start + PER_ROW, part.hex.length / 2); place += 1) {
        const text = part.hex.slice(2 * place, 2 * place + 2);
        const cell = element("span", { role: "gridcell", tabindex: "-1" }, text);
        const field = part.fields[owner[place]];
        cell.setAttribute("aria-label", `byte ${place}, ${text}, ${field ? field.path : "no field"}`);
        if (field && field.hashes.includes("binder")) cell.classList.add("bound");
        cells.push(cell);
        row.append(cell);
      }
      rows.push(row);
    }
    grid.replaceChildren(...rows);
    show(Math.min(at, cells.length - 1), false);
  }

  const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: PER_ROW, ArrowUp: -PER_ROW };
  grid.addEventListener("keydown", (event) => {
    const at = cells.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    let to;
    if (event.key in STEPS) to = at + STEPS[event.key];
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = cells.length - 1;
    else return;
    // JupyterLab would take these keys to go from cell to cell.
    event.preventDefault();
    event.stopPropagation();
    if (to >= 0 && to < cells.length) {
      show(to, true);
      reveal(cells[to]);
    }
  });
  grid.addEventListener("click", (event) => {
    const at = cells.indexOf(event.target);
    if (at >= 0) show(at, true);
  });
  grid.addEventListener("mouseover", (event) => {
    const at = cells.indexOf(event.target);
    if (at >= 0) show(at, false);
  });
  fieldMenu.addEventListener("change", () => {
    const { start } = part.fields[fieldMenu.value];
    show(start, false);
    reveal(cells[start]);
  });
  partMenu.addEventListener("change", () => {
    model.set("part", Number(partMenu.value));
    load(model.get("part"), 0);
    model.save_changes();
  });

  load(model.get("part"), model.get("byte"));
  requestAnimationFrame(() => reveal(cells[model.get("byte")]));
}

export default { render };
