// The byte inspector's front end: a grid of bytes, and what the one in focus is part of.
// All that it shows came with the parts; while one moves from byte to byte, Python is not asked.

const NARROW = 520; // pixels, below which there are half as many bytes in a row

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
    "A click, the arrow keys, Home and End choose a byte; pointing at one only shows it. Framed: " +
    "this byte. Underlined: its field. Dotted above: goes into the binder's hash.");
  el.append(head, grid, note, told);

  let part, cells = [], owner = [], chosen = 0, perRow = 16;

  const fieldAt = (at) => part.fields[owner[at]];

  // Within the grid only: scrolling the page would take it away from under the reader.
  function reveal(cell) {
    const over = cell.offsetTop - grid.scrollTop;
    if (over < 0) grid.scrollTop = cell.offsetTop;
    const under = over + cell.offsetHeight - grid.clientHeight;
    if (under > 0) grid.scrollTop += under;
  }

  // What is shown: the chosen byte, or the one that is pointed at.
  function show(at) {
    cells.forEach((cell, n) => {
      cell.classList.toggle("here", n === at);
      cell.classList.toggle("field", owner[n] === owner[at]);
    });
    fieldMenu.value = owner[at];
    const field = fieldAt(at);
    const last = field.end - 1;
    const value = part.hex.slice(2 * field.start, 2 * field.end).match(/../g).join(" ");
    const rows = [
      ["byte", `number ${at}, counted from 0: ${part.hex.slice(2 * at, 2 * at + 2)} ` +
        `(decimal ${parseInt(part.hex.slice(2 * at, 2 * at + 2), 16)})`],
      ["field", `${field.path}, ${last > field.start ? `bytes ${field.start} to` : "byte"} ${last}`],
      ["its bytes", value.length > 191 ? `${value.slice(0, 191)} ...` : value],
      ["meaning", field.meaning],
      ["section", field.section.startsWith("RFC") ? field.section : `RFC 9846 ${field.section}`],
      ["goes into", field.hashes],
    ];
    const table = element("table");
    for (const [name, text] of rows) {
      const row = element("tr");
      row.append(element("th", { scope: "row" }, name), element("td", {}, text));
      table.append(row);
    }
    told.replaceChildren(table);
  }

  function choose(at, focus) {
    chosen = Math.max(0, Math.min(at, cells.length - 1));
    cells.forEach((cell, n) => {
      cell.tabIndex = n === chosen ? 0 : -1;
      cell.setAttribute("aria-selected", n === chosen ? "true" : "false");
    });
    show(chosen);
    reveal(cells[chosen]);
    if (focus) cells[chosen].focus({ preventScroll: true });
    if (model.get("byte") !== chosen) {
      model.set("byte", chosen);
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
    for (let start = 0; start < part.hex.length / 2; start += perRow) {
      const row = element("div", { role: "row" });
      row.append(element("span", { role: "rowheader" }, String(start).padStart(4)));
      for (let place = start; place < Math.min(start + perRow, part.hex.length / 2); place += 1) {
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
    choose(at, false);
  }

  const steps = () => ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow });
  grid.addEventListener("keydown", (event) => {
    const at = cells.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    let to;
    if (event.key in steps()) to = at + steps()[event.key];
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = cells.length - 1;
    else return;
    // JupyterLab would take these keys to go from cell to cell.
    event.preventDefault();
    event.stopPropagation();
    if (to >= 0 && to < cells.length) choose(to, true);
  });
  grid.addEventListener("click", (event) => {
    const at = cells.indexOf(event.target);
    if (at >= 0) choose(at, true);
  });
  // Not mouseover: that also comes when keys have scrolled a byte below a mouse that rests.
  grid.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") return;
    const at = cells.indexOf(event.target);
    if (at >= 0) show(at);
  });
  grid.addEventListener("pointerleave", () => show(chosen));
  fieldMenu.addEventListener("change", () => choose(part.fields[fieldMenu.value].start, false));
  partMenu.addEventListener("change", () => {
    model.set("part", Number(partMenu.value));
    load(model.get("part"), 0);
    model.save_changes();
  });

  // Only where it has a size can it be scrolled, and is it known how many bytes go into a row.
  const sized = new ResizeObserver(() => {
    if (!el.clientWidth) return;
    const fit = el.clientWidth < NARROW ? 8 : 16;
    if (fit !== perRow) {
      const held = grid.contains(document.activeElement);
      perRow = fit;
      load(model.get("part"), chosen);
      if (held) cells[chosen].focus({ preventScroll: true });
    }
    reveal(cells[chosen]);
  });
  const moved = () => {
    const [number, byte] = [model.get("part"), model.get("byte")];
    if (parts[number] !== part) load(number, byte);
    else if (byte !== chosen) choose(byte, false);
  };
  load(model.get("part"), model.get("byte"));
  sized.observe(el);
  model.on("change:part", moved);
  model.on("change:byte", moved);
  return () => {
    sized.disconnect();
    model.off("change:part", moved);
    model.off("change:byte", moved);
  };
}

export default { render };
