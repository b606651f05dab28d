// Back to the page as it was published.
one("#reset").addEventListener("click", function () {
  history.replaceState(null, "", location.pathname + location.search);
  location.reload();
});
