import Wire

extension RunFailures {
    /// A table for people.
    func table(bold: Bool = false, limit: Int = .max) -> String {
        var table = TextTable(">cells", "router", "parameters", "kind", "reason", "first")
        for group in groups.prefix(limit) {
            table.add(
                "\(group.count)",
                group.router,
                group.parameters,
                group.state == "quarantined" ? "\(group.kind), quarantined" : group.kind,
                String(group.reason.prefix(200)),
                "\(run)/\(group.cell)"
            )
        }
        return table.rendered(bold: bold)
    }

    /// What `run` and `wait` print on stderr.
    ///
    /// - Parameters:
    ///   - console: Where to print it.
    ///   - words: The command-line options that name the coordinator or its folder.
    func tell(_ console: Console, words: String) {
        guard !cells.isEmpty else { return }
        for line in table(limit: 8).split(separator: "\n") { console.note(String(line)) }
        if let first = groups.first {
            console.note("more of one: routegrid explain \(run)/\(first.cell)\(words)")
        }
    }
}
