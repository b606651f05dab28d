// Runs with their bars, and the tiles.
function fact(kind, name, value) {
  var item = make("span", kind);
  item.appendChild(make("b", "", value));
  item.appendChild(document.createTextNode(" " + name));
  return item;
}
function runCard(run) {
  var card = make("article", "card run"), head = make("div", "head"), cells = Math.max(1, run.cells);
  head.appendChild(make("span", "name", "run " + run.run + " · " + run.name));
  head.appendChild(make("span", "state " + (/^[a-z]+$/.test(run.state) ? run.state : ""), run.state));
  head.appendChild(make("span", "share", (Math.floor(1000 * run.done / cells) / 10).toFixed(1) + " %"));
  card.appendChild(head);
  var bar = make("div", "bar"), broken = run.failed + run.quarantined;
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", "cells recorded");
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", String(run.cells));
  bar.setAttribute("aria-valuenow", String(run.done));
  [["done", run.done], ["leased", run.leased], ["again", run.backing_off], ["failed", broken]].forEach(function (part) {
    if (!part[1]) { return; }
    var piece = make("i", part[0]);
    piece.style.width = Math.max(0.4, 100 * part[1] / cells) + "%";
    bar.appendChild(piece);
  });
  card.appendChild(bar);
  var facts = make("div", "facts");
  facts.appendChild(fact("key done", "of " + count(run.cells) + " recorded", count(run.done)));
  if (run.leased) { facts.appendChild(fact("key leased", "leased", count(run.leased))); }
  if (run.pending) { facts.appendChild(fact("key", "waiting", count(run.pending))); }
  if (run.backing_off) { facts.appendChild(fact("key again", "wait for a retry", count(run.backing_off))); }
  if (broken) { facts.appendChild(fact("key failed", "failed", count(broken))); }
  if (run.reused) { facts.appendChild(fact("", "reused", count(run.reused))); }
  if (typeof run.rate === "number") { facts.appendChild(fact("", "rate", pace(run.rate))); }
  if (typeof run.eta_s === "number") { facts.appendChild(fact("", "left", lasts(run.eta_s))); }
  if (run.stage) { facts.appendChild(fact("", run.stage === 1 ? "of 2: dev" : "of 2: selected on dev", "stage " + run.stage)); }
  card.appendChild(facts);
  if (run.reason) { card.appendChild(make("p", "note", run.reason)); }
  return card;
}
function showRuns(all) {
  var live = all.filter(function (run) { return !run.over; }), over = all.filter(function (run) { return run.over; }).reverse();
  var shown = live.length ? live.slice(-6) : over.slice(0, 1);
  var cards = shown.map(runCard);
  if (!all.length) { cards = [make("p", "card none", "No runs. routegrid submit GRID adds one.")]; }
  var rest = over.filter(function (run) { return shown.indexOf(run) < 0; });
  if (rest.length) {
    var box = make("details", "card"), was = document.querySelector("#runs details");
    box.open = Boolean(was && was.open);
    box.appendChild(make("summary", "", rest.length + (rest.length > 1 ? " earlier runs" : " earlier run")));
    box.appendChild(grid([">run", "grid", "state", ">recorded", ">failed"], rest.slice(0, 50).map(function (run) {
      return { cells: [run.run, run.name, run.state, count(run.done) + " of " + count(run.cells), count(run.failed + run.quarantined)] };
    })));
    cards.push(box);
  }
  fill(id("runs"), cards);
}
function tile(name, value, small) {
  var box = make("div"), words = make("dd", "", value);
  if (small) { words.appendChild(make("small", "", " " + small)); }
  box.appendChild(make("dt", "", name));
  box.appendChild(words);
  return box;
}
function showTiles(now) {
  var commits = now.commits || {}, mean = commits.total ? 1000 * commits.seconds_total / commits.total : null;
  fill(id("tiles"), [
    tile("Runnable cells", count(now.queue.runnable), now.queue.paused ? count(now.queue.paused) + " paused" : ""),
    tile("Leased cells", count(now.leases.cells), "in " + count(now.leases.held)),
    tile("Workers", count(now.workers.connected), typeof now.workers_wanted === "number" ? count(now.workers_wanted) + " wanted" : ""),
    tile("Slots busy", count(now.workers.slots_busy), "of " + count(now.workers.slots)),
    tile("Records", pace(now.records.per_second_10s), count(now.records.committed_total) + " in all"),
    tile("Commit", mean === null ? "–" : mean.toFixed(1) + " ms", commits.stalled ? "stalled" : "with sync")
  ]);
}
