// The theme's arrows in the list of pages have a picture and no name.
document.addEventListener("DOMContentLoaded", () => {
  for (const arrow of document.querySelectorAll(".bd-sidebar-primary summary")) {
    arrow.setAttribute("aria-label", "The pages below");
  }
});
