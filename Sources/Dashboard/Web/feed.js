// The connection: a stream that is read by fetch, so that a token can be sent.
var token = sessionStorage.getItem("routegrid-token") || "", lastID = "", heard = 0, waiting = 1000;
function ask(path) {
  var headers = {};
  if (token) { headers.Authorization = "Bearer " + token; }
  if (path === "/api/events" && lastID) { headers["Last-Event-ID"] = lastID; }
  return fetch(path, { headers: headers, cache: "no-store", credentials: "omit" }).then(function (reply) {
    if (reply.status === 401) { id("gate").hidden = false; id("token").focus(); throw new Error("a token is required"); }
    if (!reply.ok) { throw new Error("status " + reply.status); }
    id("gate").hidden = true;
    return reply;
  });
}
function data(path, show) { return ask(path).then(function (reply) { return reply.json(); }).then(show); }
function pulse(kind, words) { var at = id("pulse"); if (at.textContent !== words) { at.className = "pulse " + kind; at.textContent = words; } }
function showSnapshot(now) {
  if (!now.queue) { return; }
  heard = Date.now();
  pulse("live", "live");
  id("where").textContent = now.url + " · " + now.coordinator.build + " · up " + lasts(now.coordinator.uptime_s);
  var run = now.runs.filter(function (one) { return !one.over; }).pop() || now.runs[now.runs.length - 1];
  document.title = run ? Math.floor(100 * run.done / Math.max(1, run.cells)) + " % " + run.name + " · RouteGrid" : "RouteGrid";
  showRuns(now.runs);
  showTiles(now);
  showWorkers(now);
  showFailures(now.failures);
  showRate(now);
  samples.push(now.stream);
  if (samples.length > most) { samples.shift(); }
  showSlots();
}
function handle(name, text) {
  var value = JSON.parse(text);
  if (name === "snapshot") { showSnapshot(value); }
  if (name === "records") { showRecords(value); }
  if (name === "board") { data("/api/board", showBoard).catch(function () {}); }
  if (name === "trouble") { pulse("lost", "no coordinator"); id("where").textContent = value.trouble; }
}
function read(reader) {
  var decoder = new TextDecoder(), rest = "";
  return reader.read().then(function take(part) {
    if (part.done) { throw new Error("the stream ended"); }
    rest += decoder.decode(part.value, { stream: true });
    var frames = rest.split("\n\n");
    rest = frames.pop();
    frames.forEach(function (frame) {
      var name = "message", lines = [];
      frame.split("\n").forEach(function (line) {
        if (line.indexOf("event: ") === 0) { name = line.slice(7); }
        if (line.indexOf("data: ") === 0) { lines.push(line.slice(6)); }
        if (line.indexOf("id: ") === 0) { lastID = line.slice(4); }
      });
      if (lines.length) { handle(name, lines.join("\n")); }
    });
    return reader.read().then(take);
  });
}
function follow() {
  ask("/api/events").then(function (reply) { waiting = 1000; return read(reply.body.getReader()); }).catch(function () {
    if (!id("gate").hidden) { return pulse("lost", "token required"); }
    pulse("lost", "reconnecting");
    setTimeout(follow, waiting);
    waiting = Math.min(15000, waiting * 1.7);
  });
}
function begin() {
  data("/api/stream", function (value) {
    samples = (value.samples || []).slice(-most);
    rates = samples.map(function (sample) { return [sample.time, sample.rate || 0]; });
    return data("/api/status", showSnapshot);
  }).then(function () { return data("/api/board", showBoard); }).catch(function () {}).then(follow);
}
id("gate").addEventListener("submit", function (event) {
  event.preventDefault();
  token = id("token").value.trim();
  sessionStorage.setItem("routegrid-token", token);
  id("gate").hidden = true;
  begin();
});
setInterval(function () { if (heard && Date.now() - heard > 15000) { pulse("lost", "no news for " + lasts((Date.now() - heard) / 1000)); } }, 1000);
fill(id("records"), [make("p", "none", "None yet.")]);
showRate();
begin();
