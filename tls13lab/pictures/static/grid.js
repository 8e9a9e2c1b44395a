// Brings the grids in `root` to life: see `point` (pointing.js). Arrow keys go from tile to tile, Home and
// End to the ends of a row.
(root, point) => {
    const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

    function enliven(table) {
        const rows = [...table.querySelectorAll("tr")].map(row => [...row.querySelectorAll("[data-part]")])
            .filter(row => row.length);
        if (!rows.length || table.getAttribute("role") === "grid") return; // it lives already
        const parts = rows.flat();
        const sheet = table.closest(".tls13lab-sheet");
        for (const name of ["tabindex", "role", "aria-label"]) table.parentElement.removeAttribute(name);
        table.setAttribute("role", "grid");
        for (const tile of parts) {
            tile.dataset.tip = tile.title || tile.textContent;
            tile.removeAttribute("title"); // else the browser shows it a second time
            tile.style.cursor = "pointer";
            tile.style.scrollMargin = "60px 20px 20px 200px"; // the headings cover what is below them
        }
        const within = (list, to) => list[Math.max(0, Math.min(to, list.length - 1))];
        const next = (tile, key) => {
            const down = rows.findIndex(row => row.includes(tile));
            if (key === "Home") return rows[down][0];
            if (key === "End") return rows[down].at(-1);
            if (!(key in STEPS)) return null;
            const [y, x] = STEPS[key];
            return within(within(rows, down + y), rows[down].indexOf(tile) + x);
        };
        const first = parts.find(tile => tile.ariaSelected === "true") ?? parts[0];
        point({ parts, first, role: "gridcell", next, tree: sheet, frame: sheet });
    }

    for (const table of root.querySelectorAll("table.tls13lab-grid")) enliven(table);
}
