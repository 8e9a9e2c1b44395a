// Shows a panel's view, and keeps what its reader opened, scrolled or pointed at when it changes.
const folds = (el) => [...el.querySelectorAll("details")];
const boxes = (el) => [...el.querySelectorAll('div[style*="overflow"]')];
const chosenPart = (el) => {
    const tile = el.contains(document.activeElement) && document.activeElement.dataset.part;
    if (tile) return tile;
    for (const host of el.querySelectorAll(".tls13lab-picture-live")) {
        const part = host.shadowRoot.activeElement?.dataset?.part;
        if (part !== undefined) return part;
    }
    return null;
};

function render({ model, el }) {
    el.classList.add("tls13lab-view");
    const open = []; // by number, also of folds that a view in between does not have
    const show = () => {
        folds(el).forEach((fold, number) => { open[number] = fold.open; });
        const part = chosenPart(el);
        const scrolled = boxes(el).map((box) => [box.scrollLeft, box.scrollTop]);
        el.innerHTML = model.get("value");
        enliven(el);
        folds(el).forEach((fold, number) => { fold.open = open[number] ?? fold.open; });
        boxes(el).forEach((box, number) => {
            [box.scrollLeft, box.scrollTop] = scrolled[number] ?? [0, 0];
        });
        if (part === null) return;
        const named = `[data-part="${CSS.escape(part)}"]`;
        const tile = el.querySelector(named);
        if (tile) { tile.tabIndex = 0; tile.focus({ preventScroll: true }); return; }
        for (const host of el.querySelectorAll(".tls13lab-picture-live")) {
            const again = host.shadowRoot.querySelector(`.part${named}`);
            if (!again) continue;
            for (const one of host.shadowRoot.querySelectorAll(".part"))
                one.setAttribute("tabindex", one === again ? "0" : "-1");
            again.focus({ preventScroll: true });
            break;
        }
    };
    model.on("change:value", show);
    el.addEventListener("tls13lab-part", (event) => model.send({ part: event.detail }));
    show();
    return () => model.off("change:value", show);
}
export default { render };
