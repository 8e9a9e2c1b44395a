// Starts Python in a lesson's page: the lab in the browser, in place of the text, in a frame.
(() => {
  const here = document.getElementById("run-here");
  if (!here) return;
  const link = here.querySelector("a");
  const said = here.querySelector(".run-said");
  const bar = here.querySelector("progress");
  const back = here.querySelector("button");
  const steps = {
    page: "Loading the lab",
    python: "Starting Python and its packages",
    ready: "Python is ready. Shift+Enter runs a cell; what you change stays in this browser.",
  };
  const fromFile =
    "This page was opened from a file, and browsers start no Python for files. " +
    "python3 run.py lab opens the lesson, and python3 run.py lite --serve this way of running it.";
  const missing = "The lab in the browser is not part of this copy of the site. See Ways to run the lab.";

  const say = (text) => {
    said.textContent = text;
    said.hidden = false;
  };

  // The frame has the same origin, and shows its application for such questions.
  const kernelOf = (frame) =>
    frame.contentWindow?.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel;

  function watch(frame) {
    const began = performance.now();
    const step = () => {
      const app = frame.contentWindow?.jupyterapp;
      const ready = kernelOf(frame)?.status === "idle";
      const seconds = Math.round((performance.now() - began) / 1000);
      const text = ready ? steps.ready : app ? steps.python : steps.page;
      if (said.dataset.step !== text) say(text); // a screen reader hears steps, not seconds
      said.dataset.step = text;
      said.dataset.seconds = ready ? "" : `${seconds} s`;
      bar.hidden = ready;
      if (!ready) setTimeout(step, 250);
      else here.dataset.ready = ((performance.now() - began) / 1000).toFixed(1);
    };
    step();
  }

  async function start() {
    const found = await fetch(link.href, { method: "HEAD" }).catch(() => null);
    if (!found?.ok) return say(missing);
    const frame = document.createElement("iframe");
    frame.title = `${document.title}, running`;
    frame.className = "run-frame";
    frame.src = link.href;
    for (const one of document.querySelectorAll("#run-here ~ *")) one.hidden = true;
    here.after(frame);
    link.hidden = here.querySelector(".run-note").hidden = true;
    back.hidden = false;
    back.focus();
    document.documentElement.classList.add("running");
    watch(frame);
  }

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own
    event.preventDefault();
    if (location.protocol === "file:") say(fromFile);
    else start();
  });
  back.addEventListener("click", () => location.reload()); // which ends Python, too
})();
