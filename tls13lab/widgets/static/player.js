// Plays the tapes of panels in a page without Python: see widgets/tape.py.
//
// `fronts` are the front ends of the widgets themselves: `view` (view.js) shows what a tape says, and
// `inspector` (byte_inspector.js) all that it was given. `root` is searched for elements of the classes
// tls13lab-tape and tls13lab-inspector, which hold it as JSON in a script element beside a first view.
(root, fronts) => {
    const IMAGE = /\x01([^\x02]*)\x02/g;

    function make(tag, attributes = {}, text = "") {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
        made.textContent = text;
        return made;
    }

    function encoded(text) {
        let letters = "";
        for (const byte of new TextEncoder().encode(text)) letters += String.fromCharCode(byte);
        return btoa(letters);
    }

    async function unpacked(packed) {
        const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
        const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
        const content = JSON.parse(await new Response(stream).text());
        const at = new Map(content.settings.map((chosen, number) => [chosen.join(), number]));
        const counts = new Map(); // how many values a control has after those before it
        for (const chosen of content.settings) {
            chosen.forEach((value, place) => {
                const key = chosen.slice(0, place).join();
                counts.set(key, Math.max(counts.get(key) ?? 0, value + 1));
            });
        }
        return {
            settings: content.settings,
            parts: content.parts,
            count: (before) => counts.get(before.join()) ?? 1,
            has: (chosen) => at.has(chosen.join()),
            view: (chosen) => {
                const numbers = content.views[at.get(chosen.join())];
                const text = numbers.map((number) => content.pieces[number]).join("");
                return text.replace(IMAGE, (_, svg) => encoded(svg));
            },
        };
    }

    // As much of a widget's model as the front ends use, with a page behind it and no Python.
    function modelOf(state, heard = () => {}) {
        const changed = {};
        return {
            get: (name) => state[name],
            set: (name, value) => { state[name] = value; changed[`change:${name}`]?.(); },
            save_changes: () => {},
            send: heard,
            on: (name, call) => { changed[name] = call; },
            off: () => {},
        };
    }

    function control(described, id) {
        const { kind, label, words, start } = described;
        if (kind === "part") { // which part of the picture was clicked: there is nothing to see
            let value = 0;
            return { kind, get: () => value, set: (to) => { value = to; } };
        }
        const row = make("div", { class: "tls13lab-control" });
        const name = make("label", { for: id }, label);
        let field, shown = null;
        if (kind === "menu") {
            field = make("select", { id });
            words.forEach((word, value) => field.append(make("option", { value }, word)));
            row.append(name, field);
        } else if (kind === "slider") {
            field = make("input", { type: "range", id, min: 0, max: described.count - 1 });
            shown = make("output", { for: id });
            row.append(name, field, shown);
        } else {
            field = make("input", { type: "checkbox", id });
            row.append(field, name);
        }
        return {
            row, kind, field,
            get: () => (kind === "box" ? Number(field.checked) : Number(field.value)),
            set: (value, count) => {
                if (kind === "box") field.checked = Boolean(value);
                else {
                    if (kind === "slider") field.max = count - 1;
                    else [...field.options].forEach((option, n) => { option.disabled = n >= count; });
                    field.value = value;
                }
                if (shown) shown.textContent = `${value + start} of ${count - 1 + start}`;
            },
        };
    }

    function play(host, number) {
        const { controls: described, first, packed } = JSON.parse(
            host.querySelector("script[type='application/json']").textContent);
        const view = host.querySelector(".tls13lab-view");
        const controls = described.map((each, n) => control(each, `tls13lab-tape-${number}-${n}`));
        const form = make("div", { class: "tls13lab-controls" });
        const sliders = controls.filter((each) => each.kind === "slider");
        // A slider that chooses among ways is no way to go step by step.
        if (sliders.length === 1 && !described[controls.indexOf(sliders[0])].turns.length) {
            const moves = make("div", { class: "tls13lab-moves" });
            const to = { First: () => 0, Back: (at) => at - 1, Forward: (at) => at + 1, Last: (_, last) => last };
            for (const [name, move] of Object.entries(to)) {
                const button = make("button", { type: "button" }, name);
                button.addEventListener("click", () => {
                    const field = sliders[0].field;
                    field.value = move(Number(field.value), Number(field.max)); // kept within its range
                    show();
                });
                moves.append(button);
            }
            form.append(moves);
        }
        form.append(...controls.flatMap((each) => each.row ?? []));
        host.classList.toggle("tls13lab-asks", controls.some((each) => each.kind === "part"));
        view.before(form);

        let loading = null, drawn = first.join();
        const load = () => (loading ??= unpacked(packed));
        const model = modelOf({ value: view.innerHTML }, clicked);
        fronts.view.render({ model, el: view });
        async function show() {
            const tape = await load();
            const chosen = [];
            for (const each of controls) {
                const count = tape.count(chosen);
                let value = Math.max(0, Math.min(each.get(), count - 1));
                // A tile that this view does not have, or about which nothing is on the tape.
                if (each.kind === "part" && !tape.has([...chosen, value])) value = 0;
                chosen.push(value);
                each.set(value, count);
            }
            host.dataset.setting = chosen.join();
            if (drawn === chosen.join()) return;
            drawn = chosen.join();
            model.set("value", tape.view(chosen));
        }
        controls.forEach((each, n) => each.field?.addEventListener("input", () => {
            for (const [other, value] of described[n].turns) controls[other].set(value, described[other].count);
            show();
        }));
        async function clicked({ part }) {
            const to = (await load()).parts[part];
            if (!to) return;
            to.forEach((value, n) => { if (value >= 0) controls[n].set(value, described[n].count); });
            show();
        }
        controls.forEach((each, n) => each.set(first[n], described[n].count));
        host.dataset.setting = drawn;
        host.tls13labTape = load; // so that a test can compare every view
        host.classList.add("tls13lab-playing");
    }

    function inspect(host) {
        const state = JSON.parse(host.querySelector("script[type='application/json']").textContent);
        const view = host.querySelector(".tls13lab-view");
        view.replaceChildren();
        fronts.inspector.render({ model: modelOf(state), el: view });
    }

    // A question, and the answer further down the page: what was chosen is compared when it is opened.
    function predict(form) {
        const options = JSON.parse(form.dataset.options);
        const field = form.querySelector("fieldset");
        field.querySelector("ul")?.remove();
        options.forEach((words, n) => {
            const id = `${form.id}-${n}`;
            const row = make("div", { class: "tls13lab-control" });
            row.append(make("input", { type: "radio", name: form.id, id, value: n }), make("label", { for: id }, words));
            field.append(row);
        });
        const said = make("p", { role: "status" }, "Choose one; then read on.");
        form.append(said);
        form.addEventListener("submit", (event) => event.preventDefault());
        const answer = [...root.querySelectorAll(".tls13lab-reveal")].find((one) => one.dataset.key === form.dataset.key);
        const note = answer?.querySelector("p");
        if (note) note.textContent = "Choose your answer above, then open this.";
        form.addEventListener("change", () => {
            const chosen = options[form.querySelector("input:checked").value];
            said.textContent = `Your prediction: ${chosen}. Now read on.`;
            if (!note) return;
            note.textContent = `You predicted: ${chosen}.`;
            answer.querySelector("details").addEventListener("toggle", () => {
                const right = chosen === answer.dataset.happened;
                note.textContent = `You predicted: ${chosen}. That is ${right ? "" : "not "}what happened.`;
                field.disabled = true; // what is chosen now would be no prediction
            }, { once: true });
        });
    }

    [...root.querySelectorAll(".tls13lab-tape")].forEach(play);
    root.querySelectorAll(".tls13lab-predict").forEach(predict);
    root.querySelectorAll(".tls13lab-inspector").forEach(inspect);
}
