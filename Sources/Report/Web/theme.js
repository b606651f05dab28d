// Light or dark, kept in the address.
var toggle = one("#theme");
function paint(theme) {
  if (theme) { root.setAttribute("data-theme", theme); } else { root.removeAttribute("data-theme"); }
  var isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  toggle.textContent = isDark ? "Light" : "Dark";
  toggle.setAttribute("aria-label", "Use " + (isDark ? "light" : "dark") + " colours");
}
toggle.addEventListener("click", function () {
  var theme = toggle.textContent === "Dark" ? "dark" : "light";
  paint(theme);
  keep("theme", theme);
});
paint(state.theme === "dark" ? "dark" : state.theme === "light" ? "light" : null);
