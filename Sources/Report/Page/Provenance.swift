import Aggregator
import Grid
import RouteGridBase

/// What a report was made from.
struct Provenance {
    private let board: ReportBoard

    init(_ board: ReportBoard) { self.board = board }

    var html: String {
        let entries = facts.map { "<dt>\(Markup.text($0.0))</dt><dd>\(Markup.text($0.1))</dd>" }
        return """
            <section class="table" aria-labelledby="from"><h2 id="from">Where this is from</h2>
            <dl>\(entries.joined(separator: "\n"))</dl></section>
            """
    }

    private var facts: [(String, String)] {
        let shown = board.board
        var facts: [(String, String)] = [
            ("records", "\(shown.recordCount)"), ("mode", shown.mode), ("numerics", shown.numerics),
            ("version", Version.build),
        ]
        if let lock = board.lock {
            facts.append(("grid", lock.name))
            facts.append(("grid lock (SHA-256)", lock.digest.hex))
        }
        if let statistics = shown.statistics {
            facts.append(
                (
                    "statistics",
                    "\(statistics.bootstrap) resamples, alpha \(JSONValue.shortestText(statistics.alpha)), margin "
                        + "\(JSONValue.shortestText(statistics.margin)), seed \(statistics.seed)"
                )
            )
        }
        for table in board.tables { facts += self.facts(table) }
        return facts
    }

    private func facts(_ table: ReportTable) -> [(String, String)] {
        let key = table.section.key
        var seen: Set<String> = []
        func add(_ name: String, _ value: String?) -> [(String, String)] {
            guard let value, !value.isEmpty, seen.insert(name).inserted else { return [] }
            return [("table \(table.number): \(name)", value)]
        }
        let first = table.section.rows.first
        let seeds = Set(table.section.rows.flatMap(\.seeds)).sorted().map(String.init).joined(separator: " ")
        let revisions = first?.job["revisions"].map(\.canonicalText)
        return add("dataset", key.dataset) + add("data (SHA-256)", key.data) + add("costs (SHA-256)", key.cost)
            + add("prices", key.prices) + add("split", key.split.canonicalText) + add("random seeds", seeds)
            + add("revisions of its first row", revisions)
    }
}
