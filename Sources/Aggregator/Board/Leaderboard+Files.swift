import Grid
import RouteGridBase

extension Leaderboard {
    /// `leaderboard.json`, one row a line.
    package var jsonBytes: [UInt8] {
        JSONDocument.bytes(
            head: [
                ("schema", .string(Leaderboard.schema)), ("mode", .string(mode)), ("numerics", .string(numerics)),
                ("ranked_by", .string(Leaderboard.rankingMetric(mode: mode))), ("records", JSONValue(recordCount)),
                ("incomplete", JSONValue(incompleteCount)), ("statistics", statistics?.json ?? .null),
                ("comparisons", .array(comparisons)), ("notes", JSONValue(notes)), ("remarks", JSONValue(remarks)),
                ("not_selected", JSONValue(unmade)), ("ranking_remarks", JSONValue(rankingRemarks)),
                ("left_out", .array(leftOut.map(\.json))), ("verdicts", .array(verdictsJSON)),
            ],
            list: "rows",
            rows.map(\.json)
        )
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
        var lines = CSVLines(
            columns: [
                "dataset", "models", "place", "router", "parameters", "train_modality", "test_modality", "encoder",
                "fusion", "mode", "numerics",
                "split", "splits", "seeds", "part", "rule", "budget", "lambda", "prices", "n", "n_missing", "n_twins",
                "points",
                "cost_unit", "rank_lo", "rank_hi", "tie", "mde", "chosen", "chosen_of", "test_reads",
            ] + metrics.map { $0.1 == "v" ? $0.0 : "\($0.0)_\($0.1)" } + [
                "flags", "job_keys", "data_sha256", "cost_sha256",
            ]
        )
        for row in rows {
            let labels = RowLabels(row: row)
            let fields: [String?] = [
                row.job["dataset"]?.stringValue, row.job["models"]?.stringValue, row.place.map(String.init),
                row.routerKind, labels.allParameters,
                labels.trainModality, labels.testModality, labels.encoder, labels.fusion, mode, numerics, labels.split,
                row.splits.map(String.init).joined(separator: " "), row.seeds.map(String.init).joined(separator: " "),
                row.job["part"]?.stringValue, row.job["rule"]?.stringValue, labels.budget, labels.lambda,
                row.job["prices"]?.stringValue,
                row.itemCount.map(String.init), String(row.missingCount), String(row.twinCount), String(row.pointCount),
                row.costUnit,
                row.standing.map { String($0.rank.lowerBound) }, row.standing.map { String($0.rank.upperBound) },
                row.standing.map { String($0.tie) }, CSVLines.number(row.standing?.detectable),
                row.selection?.words, row.selection.map { String($0.competing) }, row.testReads.map(String.init),
            ]
            lines.add(
                fields + metrics.map { CSVLines.number(row.metrics[$0.0]?[$0.1]?.numberValue) }
                    + [
                        row.flags.map(\.rawValue).joined(separator: " "), row.jobKeys.map(\.hex).joined(separator: " "),
                        row.job["data"]?.stringValue, row.job["inputs"]?["cost"]?.stringValue,
                    ]
            )
        }
        return Array(lines.text.utf8)
    }
}
