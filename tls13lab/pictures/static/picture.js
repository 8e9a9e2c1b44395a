// Brings the pictures in `root` to life: their parts can be pointed at, clicked, and reached by keys.
//
// A picture is stored as an <img>, because a notebook that is not trusted shows nothing else. Here the
// same SVG is put in its place, in a shadow tree, so that its ids and styles stay its own. One press of
// Tab comes to a picture, arrow keys go from part to part, Escape takes the tip away. A click (or
// Enter) also tells the page which part it was: the event "tls13lab-part".
(root) => {
    const STYLE = `
        :host { display: block; position: relative; }
        .sheet { overflow-x: auto; }
        svg { display: block; max-width: 100%; height: auto; box-sizing: border-box;
              background: #ffffff; padding: 8px; }
        .part { cursor: pointer; outline: none; }
        .part:hover > :not(text):not(title), .part:focus > :not(text):not(title) {
            filter: drop-shadow(0 0 2px #0b57d0) drop-shadow(0 0 1px #0b57d0); }
        .tip { position: absolute; z-index: 9; max-width: 26em; padding: 6px 10px; margin: 0;
               font: 14px/1.4 Helvetica, Arial, sans-serif; color: #14181c; background: #ffffff;
               border: 2px solid #0b57d0; border-radius: 4px; white-space: pre-line;
               overflow-wrap: anywhere; box-sizing: border-box; pointer-events: none; }
        .tip::first-line { font-weight: bold; }
        @media print { .tip { display: none; } }`;

    function parsed(image) {
        const [kind, data] = image.src.split(",", 2);
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        const text = new TextDecoder().decode(bytes);
        return new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    }

    function enliven(image) {
        const svg = document.importNode(parsed(image), true);
        const parts = [...svg.querySelectorAll(".part")];
        if (svg.localName !== "svg" || !parts.length) return;
        const host = document.createElement("div");
        host.className = "tls13lab-picture-live";
        const tree = host.attachShadow({ mode: "open" });
        const sheet = document.createElement("div");
        sheet.className = "sheet";
        sheet.append(svg);
        svg.style.minWidth = image.style.minWidth;
        svg.style.width = `${Number(svg.getAttribute("width")) + 16}px`; // with the padding
        svg.setAttribute("role", "group");
        svg.setAttribute("aria-label", image.alt);
        const style = document.createElement("style");
        style.textContent = STYLE;
        tree.append(style, sheet);

        let tip = null;
        const away = () => { tip?.remove(); tip = null; };
        const show = (part) => {
            away();
            tip = document.createElement("p");
            tip.className = "tip";
            tip.textContent = part.dataset.tip;
            tree.append(tip);
            const [at, frame] = [part.getBoundingClientRect(), host.getBoundingClientRect()];
            const room = frame.width - tip.offsetWidth;
            const left = at.left + at.width / 2 - frame.left - tip.offsetWidth / 2;
            tip.style.left = `${Math.max(0, Math.min(left, room))}px`;
            const below = at.bottom - frame.top + 6, above = at.top - frame.top - tip.offsetHeight - 6;
            tip.style.top = `${above >= 0 && below + tip.offsetHeight > frame.height ? above : below}px`;
        };
        const go = (to) => {
            for (const part of parts) part.setAttribute("tabindex", part === to ? "0" : "-1");
            to.focus({ preventScroll: true });
            to.scrollIntoView({ block: "nearest", inline: "nearest" });
        };
        const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
        parts.forEach((part, number) => {
            const title = part.querySelector(":scope > title");
            part.dataset.tip = title?.textContent ?? part.dataset.part;
            title?.remove(); // else the browser shows it a second time
            part.setAttribute("role", "button");
            part.setAttribute("aria-label", part.dataset.tip.replaceAll("\n", "; "));
            part.setAttribute("tabindex", number ? "-1" : "0");
            part.addEventListener("pointerenter", () => show(part));
            part.addEventListener("pointerleave", () => part.matches(":focus") || away());
            part.addEventListener("focus", () => show(part));
            part.addEventListener("blur", away);
            const chosen = () => part.dispatchEvent(new CustomEvent("tls13lab-part", {
                bubbles: true, composed: true, detail: part.dataset.part }));
            part.addEventListener("click", () => { go(part); chosen(); });
            part.addEventListener("keydown", (event) => {
                const last = parts.length - 1;
                if (event.key in steps) go(parts[Math.max(0, Math.min(number + steps[event.key], last))]);
                else if (event.key === "Home") go(parts[0]);
                else if (event.key === "End") go(parts[last]);
                else if (event.key === "Escape") away();
                else if (event.key === "Enter" || event.key === " ") chosen();
                else return;
                event.preventDefault();
                event.stopPropagation(); // JupyterLab has meanings of its own for these keys
            });
        });
        for (const name of ["tabindex", "role", "aria-label", "style"])
            image.parentElement.removeAttribute(name); // the parts have the keyboard now
        image.replaceWith(host);
    }

    for (const image of root.querySelectorAll("img.tls13lab-picture")) {
        try {
            enliven(image);
        } catch (fault) {
            console.warn("tls13lab: this picture stays as it is:", fault);
        }
    }
}
