// The theme's arrows in the list of pages have a picture and no name.
document.addEventListener("DOMContentLoaded", () => {
  for (const arrow of document.querySelectorAll(".bd-sidebar-primary summary")) {
    arrow.setAttribute("aria-label", "The pages below");
  }
});

// Why the lab in the browser cannot be opened from here; nothing if it can. run.js asks, too.
const tls13labMissing = async (address) => {
  if (location.protocol === "file:") {
    return (
      "This page was opened from a file, and browsers start no Python for files. " +
      "python3 run.py lab opens the lessons, and python3 run.py lite --serve this way of running them."
    );
  }
  const found = await fetch(address, { method: "HEAD" }).catch(() => null);
  return found?.ok ? "" : "The lab in the browser is not part of this copy of the site. See Ways to run the lab.";
};

// A link to that lab, which may not be there, says so instead of leading to nothing.
(() => {
  const base = document.querySelector("meta[name=tls13lab-lite]")?.content;
  if (!base) return;
  const lab = new URL(base, location.href).href;
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link?.href.startsWith(lab) || link.closest("#run-here")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own
    event.preventDefault();
    const missing = await tls13labMissing(link.href);
    if (!missing) return link.target === "_blank" ? open(link.href) : location.assign(link.href);
    document.querySelector(".lite-missing")?.remove();
    const said = document.createElement("p");
    said.className = "lite-missing";
    said.setAttribute("role", "alert");
    const block = link.closest(".bd-article :is(p, li, dd, td)");
    if (block) block.after(said);
    else document.querySelector(".bd-article").prepend(said);
    said.textContent = missing;
    said.scrollIntoView({ block: "nearest" });
  });
})();

// On paper nothing can be scrolled: pictures shrink to its width, whatever that does to their letters.
(() => {
  const pictures = () =>
    [...document.querySelectorAll(".tls13lab-picture-live")].map((host) => host.shadowRoot.querySelector("svg"));
  addEventListener("beforeprint", () => {
    for (const svg of pictures()) {
      svg.dataset.least = svg.style.minWidth;
      svg.style.minWidth = "0";
    }
  });
  addEventListener("afterprint", () => {
    for (const svg of pictures()) svg.style.minWidth = svg.dataset.least ?? svg.style.minWidth;
  });
})();
