import RouteGridBase
import Scoring

/// Every operating point of every run of a board, with what no other point beats marked.
package struct FrontierTable: Sendable {
    package static let schema = "routegrid/frontier/v1"

    /// One run's points.
    struct Curve {
        let run: BoardRun
        /// On the run's own frontier, a mark a point.
        let isOwn: [Bool]
        /// On the frontier of all competitors of the section on the same split, a mark a point.
        let isPool: [Bool]
    }

    private let curves: [Curve]
    private let mode: String
    private let numerics: String

    package init(_ board: Leaderboard) {
        mode = board.mode
        numerics = board.numerics
        curves = board.sections.flatMap(FrontierTable.curves)
    }

    private static func curves(of section: BoardSection) -> [Curve] {
        let runsOfRows = section.rows.map { row in
            Dictionary(grouping: row.runs.filter(\.hasRecord), by: \.splitIndex)
        }
        return section.key.splits.flatMap { split in
            let rows = zip(section.rows, runsOfRows).map { row, runs in (row: row, runs: runs[split] ?? []) }
            let competitors = rows.filter { !$0.row.isBound }.flatMap(\.runs).flatMap(\.points)
            let pool = Set(frontier(competitors).map { Corner(competitors[$0]) })
            return rows.flatMap { row, runs in
                runs.map { run in
                    let own = Set(frontier(run.points))
                    return Curve(
                        run: run,
                        isOwn: run.points.indices.map { own.contains($0) },
                        isPool: run.points.map { !row.isBound && pool.contains(Corner($0)) }
                    )
                }
            }
        }
    }

    private struct Corner: Hashable {
        let cost: Double
        let accuracy: Double
        init(_ point: CurvePoint) { (cost, accuracy) = (point.cost, point.accuracy) }
    }

    private static func frontier(_ points: [CurvePoint]) -> [Int] {
        points.isEmpty ? [] : ParetoFrontier.indices(cost: points.map(\.cost), accuracy: points.map(\.accuracy))
    }

    /// `frontier.json`, one curve a line.
    package var jsonBytes: [UInt8] {
        JSONDocument.bytes(
            head: [
                ("schema", .string(FrontierTable.schema)), ("mode", .string(mode)), ("numerics", .string(numerics)),
            ],
            list: "curves",
            curves.map { curve in
                var members: [String: JSONValue] = [:]
                for name in BoardRow.identityMembers + ["seed"] { members[name] = curve.run.job[name] ?? .null }
                members["job_keys"] = JSONValue(curve.run.jobKeys.map(\.hex))
                members["points"] = .array(
                    curve.run.points.indices.map { index in
                        curve.run.points[index].json
                            .with("own_frontier", .bool(curve.isOwn[index]))
                            .with("pool_frontier", .bool(curve.isPool[index]))
                    }
                )
                return .object(members)
            }
        )
    }

    /// The first digits of a digest: a line a point has no room for 64 of them.
    private static func short(_ digest: JSONValue?) -> String? { digest?.stringValue.map { String($0.prefix(12)) } }

    /// `frontier.csv`, one point a line.
    package var csvBytes: [UInt8] {
        var lines = CSVLines(
            columns: [
                "dataset", "models", "router", "parameters", "train_modality", "test_modality", "encoder", "fusion",
                "mode", "numerics", "split",
                "seed", "part", "rule", "budget", "prices", "data", "costs", "point", "threshold",
                "lambda", "cost", "accuracy", "own_frontier",
                "pool_frontier",
            ]
        )
        for curve in curves {
            let (run, labels) = (curve.run, RowLabels(job: curve.run.job))
            let identity = CSVLines.Fields([
                run.job["dataset"]?.stringValue, run.job["models"]?.stringValue, labels.kind, labels.allParameters,
                labels.trainModality,
                labels.testModality, labels.encoder, labels.fusion, mode, numerics, labels.split, labels.seed,
                run.job["part"]?.stringValue, run.job["rule"]?.stringValue, labels.budget,
                run.job["prices"]?.stringValue, FrontierTable.short(run.job["data"]),
                FrontierTable.short(run.job["inputs"]?["cost"]),
            ])
            for (index, point) in run.points.enumerated() {
                lines.add(
                    behind: identity,
                    [
                        String(point.id), CSVLines.number(point.threshold), CSVLines.number(point.lambda),
                        CSVLines.number(point.cost), CSVLines.number(point.accuracy), curve.isOwn[index] ? "1" : "0",
                        curve.isPool[index] ? "1" : "0",
                    ]
                )
            }
        }
        return Array(lines.text.utf8)
    }
}
