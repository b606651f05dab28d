// A table for papers, of the rows that are shown: needs the package booktabs.
var texWords = {
  "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "\u0023": "\\\u0023", "%": "\\%", "_": "\\_",
  "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}",
  "\"": "{\\char34}", "[": "{[}", "]": "{]}", "-": "{-}", "`": "\\textasciigrave{}", "'": "\\textquotesingle{}",
  "\u2191": "$\\uparrow$", "\u2193": "$\\downarrow$", "\u03bb": "$\\lambda$", "\u221e": "$\\infty$", "\u00b7": "$\\cdot$",
  "\u2212": "$-$", "\u2013": "--", "\u2026": "\\dots{}", "\u00b1": "$\\pm$", "\u2264": "$\\leq$", "\u2265": "$\\geq$"
};
function tex(text) {
  return Array.from(text.replace(/\s+/g, " ").trim()).map(function (letter) {
    return Object.prototype.hasOwnProperty.call(texWords, letter) ? texWords[letter] : letter;
  }).join("");
}
function latex(table) {
  var heads = all("th", table), lines = [];
  heads = heads.map(function (head) { return { isNumber: head.classList.contains("n"), words: tex(head.textContent) }; });
  lines.push("% \\usepackage{booktabs}; names beyond ASCII need LuaLaTeX, XeLaTeX or a font that has them.");
  lines.push("\\begin{tabular}{" + heads.map(function (head) { return head.isNumber ? "r" : "l"; }).join("") + "}");
  lines.push("\\toprule");
  lines.push(heads.map(function (head) { return head.words; }).join(" & ") + " \\\\");
  lines.push("\\midrule");
  all("tbody tr:not([hidden])", table).forEach(function (row) {
    lines.push(Array.prototype.map.call(row.cells, function (cell) {
      var small = one("small", cell), words = small ? cell.firstChild.textContent : cell.textContent;
      return tex(words) + (small ? " {\\scriptsize (" + tex(small.textContent) + ")}" : "");
    }).join(" & ") + " \\\\");
  });
  lines.push("\\bottomrule", "\\end{tabular}");
  return lines.join("\n") + "\n";
}
