// Brings the pictures in `root` to life: their parts can be pointed at, clicked, and reached by keys.
//
// A picture is stored as an <img>, because a notebook that is not trusted shows nothing else. Here the
// same SVG is put in its place, in a shadow tree, so that its ids and styles stay its own. What parts can
// do is in `point` (pointing.js); arrow keys go from one to the next.
(root, point) => {
    const STYLE = `
        :host { display: block; position: relative; }
        .sheet { overflow-x: auto; }
        svg { display: block; max-width: 100%; height: auto; box-sizing: border-box;
              background: #ffffff; padding: 8px; }
        .part { cursor: pointer; outline: none; }
        .part:hover > :not(text):not(title), .part:focus > :not(text):not(title) {
            filter: drop-shadow(0 0 2px #0b57d0) drop-shadow(0 0 1px #0b57d0); }
        @media print { .tls13lab-tip { display: none; } }`;

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

        for (const part of parts) {
            const title = part.querySelector(":scope > title");
            part.dataset.tip = title?.textContent ?? part.dataset.part;
            title?.remove(); // else the browser shows it a second time
        }
        const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
        const next = (part, key) => {
            if (key === "Home") return parts[0];
            if (key === "End") return parts.at(-1);
            if (!(key in steps)) return null;
            return parts[Math.max(0, Math.min(parts.indexOf(part) + steps[key], parts.length - 1))];
        };
        point({ parts, first: parts[0], role: "button", next, tree, frame: host });
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
