// Shows a panel's view, and keeps what its reader opened, scrolled or pointed at when it changes.
const folds = (el) => [...el.querySelectorAll("details")];
const chosenPart = (el) => {
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
        el.innerHTML = model.get("value");
        enliven(el);
        folds(el).forEach((fold, number) => { fold.open = open[number] ?? fold.open; });
        if (part === null) return;
        for (const host of el.querySelectorAll(".tls13lab-picture-live")) {
            const again = host.shadowRoot.querySelector(`.part[data-part="${CSS.escape(part)}"]`);
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
