import RouteGridBase

extension Leaderboard {
    /// `leaderboard.json`, one row a line.
    package var jsonBytes: [UInt8] {
        JSONDocument.bytes(
            head: [
                ("schema", .string(Leaderboard.schema)), ("mode", .string(mode)), ("numerics", .string(numerics)),
                ("ranked_by", .string(Leaderboard.rankingMetric(mode: mode))), ("records", JSONValue(recordCount)),
                ("incomplete", JSONValue(incompleteCount)),
            ],
            list: "rows",
            rows.map(\.json)
        )
    }

    /// `leaderboard.csv`: full precision, an empty field where a value does not exist.
    package var csvBytes: [UInt8] {
        let metrics = BoardMetric.columns(of: rows).map(\.name)
        var lines = CSVLines(
            columns: [
                "dataset", "models", "place", "router", "parameters", "train_modality", "test_modality", "encoder",
                "fusion", "mode", "numerics",
                "split", "seed", "part", "rule", "budget", "n", "n_missing", "points", "cost_unit",
            ] + metrics + ["flags", "job_keys"]
        )
        for row in rows {
            let labels = RowLabels(row: row)
            let fields: [String?] = [
                row.job["dataset"]?.stringValue, row.job["models"]?.stringValue, row.place.map(String.init),
                row.routerKind, labels.allParameters,
                labels.trainModality, labels.testModality, labels.encoder, labels.fusion, mode, numerics, labels.split,
                labels.seed,
                row.job["part"]?.stringValue, row.job["rule"]?.stringValue, labels.budget,
                row.itemCount.map(String.init), String(row.missingCount), String(row.points.count), row.costUnit,
            ]
            lines.add(
                fields + metrics.map { CSVLines.number(row.value($0)) }
                    + [row.flags.map(\.rawValue).joined(separator: " "), row.jobKeys.map(\.hex).joined(separator: " ")]
            )
        }
        return Array(lines.text.utf8)
    }
}
