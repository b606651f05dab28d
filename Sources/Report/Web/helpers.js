// Small helpers, and the state that the address keeps.
var root = document.documentElement;
root.classList.add("js");
function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
function one(selector, within) { return (within || document).querySelector(selector); }
var data = JSON.parse(one("#data").textContent);
var state = {};
var parts = location.hash.slice(1).split("&");
parts.forEach(function (part) {
  var at = part.indexOf("=");
  if (at > 0) {
    try { state[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1)); } catch (error) { /* not ours */ }
  }
});
function keep(name, value) {
  if (value === null || value === "") { delete state[name]; } else { state[name] = String(value); }
  var text = Object.keys(state).sort().map(function (key) { return key + "=" + encodeURIComponent(state[key]); }).join("&");
  history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
}
function say(text) { one("#live").textContent = text; }
