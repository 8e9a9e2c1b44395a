// Tables to look things up in: their rows can be sorted and filtered. Without scripts they are tables.
(() => {
  const [SORTED, FILTERED] = [9, 12]; // rows from which it is worth it
  const natural = new Intl.Collator("en", { numeric: true });
  const number = /^[+-]?[\d,]*\.?\d+$/;
  const order = { none: "ascending", ascending: "descending", descending: "none" };
  const text = (row, column) => (row.cells[column]?.textContent ?? "").trim();
  const value = (words) => Number(words.replaceAll(",", ""));

  // Numbers by value; all else so that section 4.3.9 comes before 4.3.10.
  function compare(rows, column) {
    const words = rows.map((row) => text(row, column)).filter((one) => one && one !== "-");
    if (!words.every((one) => number.test(one))) return natural.compare;
    return (one, other) => (value(one) || 0) - (value(other) || 0);
  }

  function sort(head, rows, body) {
    const to = order[head.getAttribute("aria-sort")];
    for (const one of head.parentElement.querySelectorAll("[aria-sort]")) one.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", to);
    const column = head.cellIndex;
    const by = compare(rows, column);
    const sign = to === "descending" ? -1 : 1;
    const sorted = [...rows];
    if (to !== "none") {
      sorted.sort((one, other) => sign * by(text(one, column), text(other, column)));
    }
    body.append(...sorted);
  }

  function makeSortable(table, rows) {
    for (const head of table.tHead.rows[0].cells) {
      if (!head.textContent.trim()) continue; // a button without a name is of no use
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...(head.querySelector("p") ?? head).childNodes);
      head.replaceChildren(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sort(head, rows, table.tBodies[0]));
    }
  }

  function makeFiltered(table, rows, number) {
    const box = document.createElement("div");
    box.className = "filter";
    box.innerHTML = `<label for="filter-${number}">Rows with</label>
      <input id="filter-${number}" type="search" autocomplete="off" spellcheck="false">
      <span role="status"></span>`;
    const [, input, status] = box.children;
    const all = rows.map((row) => row.textContent.toLowerCase());
    const show = () => {
      const words = input.value.toLowerCase().split(/\s+/);
      let found = 0;
      rows.forEach((row, at) => {
        row.hidden = !words.every((word) => all[at].includes(word));
        found += !row.hidden;
      });
      status.textContent = `${found} of ${rows.length} rows`;
    };
    input.addEventListener("input", show);
    show();
    const frame = table.parentElement;
    frame.before(box);
    frame.classList.add("tall");
  }

  document.querySelectorAll(".bd-article table.table").forEach((table, number) => {
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    const frame = table.parentElement;
    if (table.tHead && rows.length >= SORTED) makeSortable(table, rows);
    if (table.tHead && rows.length >= FILTERED) makeFiltered(table, rows, number);
    if (frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight) {
      frame.tabIndex = 0; // so that the arrow keys move it
      frame.setAttribute("role", "region");
      const heading = table.closest("section")?.querySelector("h1, h2, h3, h4");
      frame.setAttribute("aria-label", `Table: ${heading?.firstChild.textContent ?? number}`);
    }
  });
})();
