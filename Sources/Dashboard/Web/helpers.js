// Elements, numbers, durations.
var NS = "http://www.w3.org/2000/svg";
function id(name) { return document.getElementById(name); }
function make(name, kind, contents) {
  var element = document.createElement(name);
  if (kind) { element.className = kind; }
  if (contents !== undefined && contents !== null) { element.textContent = String(contents); }
  return element;
}
function draw(name, attributes, contents) {
  var element = document.createElementNS(NS, name);
  Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
  if (contents !== undefined) { element.textContent = contents; }
  return element;
}
function fill(parent, children) { parent.replaceChildren.apply(parent, children); }
function count(value) { return typeof value === "number" ? value.toLocaleString("en-US") : "–"; }
function fixed(value, digits) { return typeof value === "number" ? value.toFixed(digits) : "–"; }
function short(value) {
  if (typeof value !== "number") { return "–"; }
  if (value === 0) { return "0"; }
  var size = Math.abs(value);
  return size >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}
function pace(value) {
  if (typeof value !== "number") { return "–"; }
  if (value >= 10) { return value.toFixed(0) + "/s"; }
  if (value >= 0.5) { return value.toFixed(1) + "/s"; }
  return value * 60 >= 0.5 ? (value * 60).toFixed(1) + "/min" : (value * 3600).toFixed(1) + "/h";
}
function lasts(seconds) {
  if (typeof seconds !== "number") { return "–"; }
  var whole = Math.max(0, Math.round(seconds)), hours = Math.floor(whole / 3600);
  var rest = String(whole % 60).padStart(2, "0"), minutes = Math.floor(whole / 60) % 60;
  return hours ? hours + ":" + String(minutes).padStart(2, "0") + ":" + rest : minutes + ":" + rest;
}
function grid(titles, rows) {
  var table = make("table"), top = make("tr"), body = make("tbody"), head = make("thead");
  titles.forEach(function (title) {
    var right = title.charAt(0) === ">", cell = make("th", right ? "n" : "", right ? title.slice(1) : title);
    cell.scope = "col";
    top.appendChild(cell);
  });
  head.appendChild(top);
  rows.forEach(function (row) {
    var line = make("tr", row.kind || "");
    row.cells.forEach(function (value, place) {
      var cell = make("td", titles[place].charAt(0) === ">" ? "n" : "long");
      if (value instanceof Node) { cell.appendChild(value); } else { cell.textContent = value === null || value === undefined ? "" : String(value); }
      line.appendChild(cell);
    });
    body.appendChild(line);
  });
  table.appendChild(head);
  table.appendChild(body);
  var scroll = make("div", "scroll");
  scroll.appendChild(table);
  return scroll;
}
var tip = id("tip");
document.addEventListener("pointermove", function (event) {
  var words = event.target.getAttribute && event.target.getAttribute("data-t");
  tip.hidden = !words;
  if (!words) { return; }
  tip.textContent = words;
  tip.style.left = Math.max(4, Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 12) + "px";
});
