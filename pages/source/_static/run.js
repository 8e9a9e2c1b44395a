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
  const failed =
    "Python did not start. Perhaps the network or this browser keeps a part of it back: try again, or with " +
    "another browser, or see Ways to run the lab. Back to the text shows the lesson as it was.";
  const LIMIT = 120; // seconds without Python, after which this is said; if it comes later, all is well

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
      const status = kernelOf(frame)?.status;
      const ready = status === "idle";
      const seconds = Math.round((performance.now() - began) / 1000);
      const never = status === "dead" || seconds >= LIMIT;
      const text = ready ? steps.ready : never ? failed : app ? steps.python : steps.page;
      if (said.dataset.step !== text) say(text); // a screen reader hears steps, not seconds
      said.dataset.step = text;
      if (ready || never) delete said.dataset.seconds;
      else said.dataset.seconds = `${seconds} s`;
      bar.hidden = ready || never;
      here.classList.toggle("run-failed", never && !ready);
      if (!ready) setTimeout(step, 250);
      else here.dataset.ready = ((performance.now() - began) / 1000).toFixed(1);
    };
    step();
  }

  async function start() {
    const missing = await tls13labMissing(link.href);
    if (missing) return say(missing);
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
    start();
  });
  back.addEventListener("click", () => location.reload()); // which ends Python, too
})();
