// What the parts of a picture and the tiles of a grid have in common: they can be pointed at, clicked,
// and reached by keys, and then a tip says what they are.
//
// `parts` have a text in dataset.tip, whose first line is a heading. One press of Tab comes to `first`,
// `next(part, key)` is the part that another key leads to, Escape takes the tip away. The tip is put
// into `tree`, and stays within `frame`. A click (or Enter) tells the page which part it was: the event
// "tls13lab-part".
({ parts, first, role, next, tree, frame }) => {
    const TIP = `position:absolute;z-index:9;max-width:26em;padding:6px 10px;margin:0;
        font:14px/1.4 Helvetica,Arial,sans-serif;color:#14181c;background:#ffffff;
        border:2px solid #0b57d0;border-radius:4px;white-space:pre-line;overflow-wrap:anywhere;
        box-sizing:border-box;pointer-events:none;text-align:left`;
    let tip = null;
    const away = () => { tip?.remove(); tip = null; };
    const show = (part) => {
        away();
        tip = document.createElement("p");
        tip.className = "tls13lab-tip";
        tip.style.cssText = TIP;
        const [heading, ...lines] = part.dataset.tip.split("\n");
        const strong = document.createElement("strong");
        strong.textContent = heading;
        tip.append(strong, lines.map((line) => `\n${line}`).join(""));
        tree.append(tip);
        const [at, room] = [part.getBoundingClientRect(), frame.getBoundingClientRect()];
        const left = at.left + at.width / 2 - room.left - tip.offsetWidth / 2;
        tip.style.left = `${Math.max(0, Math.min(left, room.width - tip.offsetWidth))}px`;
        const below = at.bottom - room.top + 6, above = at.top - room.top - tip.offsetHeight - 6;
        tip.style.top = `${above >= 0 && below + tip.offsetHeight > room.height ? above : below}px`;
    };
    const go = (to) => {
        for (const part of parts) part.setAttribute("tabindex", part === to ? "0" : "-1");
        to.focus({ preventScroll: true });
        to.scrollIntoView({ block: "nearest", inline: "nearest" });
    };
    for (const part of parts) {
        part.setAttribute("role", role);
        part.setAttribute("aria-label", part.dataset.tip.replaceAll("\n", "; "));
        part.setAttribute("tabindex", part === first ? "0" : "-1");
        part.addEventListener("pointerenter", () => show(part));
        part.addEventListener("pointerleave", () => part.matches(":focus") || away());
        part.addEventListener("focus", () => show(part));
        part.addEventListener("blur", away);
        const chosen = () => part.dispatchEvent(new CustomEvent("tls13lab-part", {
            bubbles: true, composed: true, detail: part.dataset.part }));
        part.addEventListener("click", () => { go(part); chosen(); });
        part.addEventListener("keydown", (event) => {
            const to = next(part, event.key);
            if (to) go(to);
            else if (event.key === "Escape") away();
            else if (event.key === "Enter" || event.key === " ") chosen();
            else return;
            event.preventDefault();
            event.stopPropagation(); // JupyterLab has meanings of its own for these keys
        });
    }
}
