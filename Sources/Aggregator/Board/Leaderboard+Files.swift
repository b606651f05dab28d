import Grid
import RouteGridBase

extension Leaderboard {
    /// `leaderboard.json`, one row a line.
    package var jsonBytes: [UInt8] {
        let rows = rows
        return FilePieces.bytes { append in
            JSONDocument.write(
                head: head,
                list: "rows",
                count: rows.count,
                { rows[$0].map { $0.json.jsonBytes() } },
                to: append
            )
        }
    }

    private var head: [(String, JSONValue)] {
        [
            ("schema", .string(Leaderboard.schema)), ("mode", .string(mode)), ("numerics", .string(numerics)),
            ("ranked_by", .string(Leaderboard.rankingMetric(mode: mode))), ("records", JSONValue(recordCount)),
            ("incomplete", JSONValue(incompleteCount)), ("statistics", statistics?.json ?? .null),
            ("comparisons", .array(comparisons)), ("notes", JSONValue(notes)), ("remarks", JSONValue(remarks)),
            ("not_selected", JSONValue(unmade)), ("ranking_remarks", JSONValue(rankingRemarks)),
            ("left_out", .array(leftOut.map(\.json))), ("verdicts", .array(verdictsJSON)),
            ("overall", .array(overall.map(\.json))),
        ]
    }

    /// On how many resamples the rows of each table were compared, and how many of them.
    private var comparisons: [JSONValue] {
        sections.enumerated().compactMap { number, section in
            section.comparison.map { comparison in
                [
                    "table": JSONValue(number + 1), "dataset": .string(section.key.dataset),
                    "rows": JSONValue(comparison.rows.count), "replicates": JSONValue(comparison.replicates),
                ]
            }
        }
    }

    /// `leaderboard.csv`: full precision, an empty field where a value does not exist.
    package var csvBytes: [UInt8] {
        let rows = rows
        // A metric, and what some row knows besides its value.
        let metrics = BoardMetric.columns(of: rows).flatMap { metric in
            [(metric.name, "v")]
                + ["lo", "hi", "lo_seeds", "hi_seeds", "sd"]
                .filter { part in rows.contains { $0.metrics[metric.name]?[part] != nil } }
                .map { (metric.name, $0) }
        }
        let overall = OverallColumns(self)
        var lines = CSVLines(
            columns: BoardColumns.fields.map(\.name)
                + metrics.map { $0.1 == "v" ? $0.0 : "\($0.0)_\($0.1)" }
                + overall.names + BoardColumns.lastFields.map(\.name)
        )
        for (number, row) in rows.enumerated() {
            let source = BoardColumns.FileRow(row, of: self)
            lines.add(
                BoardColumns.fields.map { $0.value(source) }
                    + metrics.map { CSVLines.number(row.metrics[$0.0]?[$0.1]?.numberValue) }
                    + overall.fields(ofRow: number) + BoardColumns.lastFields.map { $0.value(source) }
            )
        }
        return Array(lines.text.utf8)
    }
}
