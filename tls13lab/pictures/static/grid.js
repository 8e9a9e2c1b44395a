// Brings the grids in `root` to life: tiles can be pointed at, clicked, and reached by keys.
//
// One press of Tab comes to a grid, arrow keys go from tile to tile, Home and End to the ends of a row,
// Escape takes the tip away. A click (or Enter) tells the page which tile it was: "tls13lab-part".
(root) => {
    const TIP = `position:absolute;z-index:9;max-width:26em;padding:6px 10px;margin:0;
        font:14px/1.4 Helvetica,Arial,sans-serif;color:#14181c;background:#ffffff;
        border:2px solid #0b57d0;border-radius:4px;white-space:pre-line;overflow-wrap:anywhere;
        box-sizing:border-box;pointer-events:none;text-align:left`;
    const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

    function enliven(table) {
        const rows = [...table.querySelectorAll("tr")].map(row => [...row.querySelectorAll("[data-part]")])
            .filter(row => row.length);
        if (!rows.length) return;
        const tiles = rows.flat();
        const sheet = table.closest(".tls13lab-sheet");
        for (const name of ["tabindex", "role", "aria-label"]) table.parentElement.removeAttribute(name);
        table.setAttribute("role", "grid");

        let tip = null;
        const away = () => { tip?.remove(); tip = null; };
        const show = (tile) => {
            away();
            tip = document.createElement("p");
            tip.className = "tls13lab-tip";
            tip.style.cssText = TIP;
            const [heading, ...lines] = tile.dataset.tip.split("\n");
            const strong = document.createElement("strong");
            strong.textContent = heading;
            tip.append(strong, lines.map(line => `\n${line}`).join(""));
            sheet.append(tip);
            const [at, frame] = [tile.getBoundingClientRect(), sheet.getBoundingClientRect()];
            const left = at.left + at.width / 2 - frame.left - tip.offsetWidth / 2;
            tip.style.left = `${Math.max(0, Math.min(left, frame.width - tip.offsetWidth))}px`;
            const below = at.bottom - frame.top + 6, above = at.top - frame.top - tip.offsetHeight - 6;
            tip.style.top = `${above >= 0 && below + tip.offsetHeight > frame.height ? above : below}px`;
        };
        const go = (to) => {
            for (const tile of tiles) tile.setAttribute("tabindex", tile === to ? "0" : "-1");
            to.focus({ preventScroll: true });
            to.scrollIntoView({ block: "nearest", inline: "nearest" });
        };
        const first = tiles.find(tile => tile.ariaSelected === "true") ?? tiles[0];
        rows.forEach((row, down) => row.forEach((tile, across) => {
            tile.dataset.tip = tile.title || tile.textContent;
            tile.removeAttribute("title"); // else the browser shows it a second time
            tile.setAttribute("role", "gridcell");
            tile.setAttribute("aria-label", tile.dataset.tip.replaceAll("\n", "; "));
            tile.setAttribute("tabindex", tile === first ? "0" : "-1");
            tile.style.cursor = "pointer";
            tile.style.scrollMargin = "60px 20px 20px 200px"; // the headings cover what is below them
            tile.addEventListener("pointerenter", () => show(tile));
            tile.addEventListener("pointerleave", () => tile.matches(":focus") || away());
            tile.addEventListener("focus", () => show(tile));
            tile.addEventListener("blur", away);
            const chosen = () => tile.dispatchEvent(new CustomEvent("tls13lab-part", {
                bubbles: true, composed: true, detail: tile.dataset.part }));
            tile.addEventListener("click", () => { go(tile); chosen(); });
            tile.addEventListener("keydown", (event) => {
                const line = (to) => rows[Math.max(0, Math.min(to, rows.length - 1))];
                const within = (one, to) => one[Math.max(0, Math.min(to, one.length - 1))];
                if (event.key in STEPS) {
                    const [y, x] = STEPS[event.key];
                    go(within(line(down + y), across + x));
                } else if (event.key === "Home") go(row[0]);
                else if (event.key === "End") go(row.at(-1));
                else if (event.key === "Escape") away();
                else if (event.key === "Enter" || event.key === " ") chosen();
                else return;
                event.preventDefault();
                event.stopPropagation(); // JupyterLab has meanings of its own for these keys
            });
        }));
    }

    for (const table of root.querySelectorAll("table.tls13lab-grid")) enliven(table);
}
