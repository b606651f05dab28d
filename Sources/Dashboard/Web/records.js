// The newest records.
var newest = [];
function showRecords(batch) {
  newest = batch.records.slice().reverse().concat(newest).slice(0, 12);
  fill(id("records"), [newest.length ? grid([">number", "router", "dataset", "part", "budget", ">seed", "job key"], newest.map(function (one) {
    return { cells: [count(one.seq), one.router, one.dataset, one.part, one.budget, one.seed, one.job_key.slice(0, 12)] };
  })) : make("p", "none", "None yet.")]);
}
