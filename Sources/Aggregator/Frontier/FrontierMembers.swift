import RouteGridBase

/// What lines of the frontier's files say of a run besides its points: written once for runs in a row that differ in
/// the seed alone.
struct FrontierMembers {
    private struct Shared {
        let frame: JobFrame
        let splitIndex: Int?
        let labels: RowLabels
        /// The text of a line around its ``FrontierMembers/own`` values.
        let json: [[UInt8]]
        /// The fields before the seed and behind it.
        var fields: (before: CSVLines.Fields, behind: CSVLines.Fields)?
    }

    /// The members that runs of one frame and split have each for themselves.
    private static let own: Set<String> = ["job_keys", "points", "seed"]

    private var last: Shared?

    private mutating func shared(_ job: RunJob) -> Shared {
        if let last, last.frame === job.frame, last.splitIndex == job.splitIndex { return last }
        var pieces: [[UInt8]] = [[]]
        let whole = job.json
        let names = (BoardRow.identityMembers + Self.own)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for (place, name) in names.enumerated() {
            let head = (place == 0 ? "{\"" : ",\"") + name + "\":"
            pieces[pieces.count - 1] += head.utf8
            if Self.own.contains(name) {
                pieces.append([])
            } else {
                pieces[pieces.count - 1] += (whole[name] ?? .null).jsonBytes()
            }
        }
        pieces[pieces.count - 1].append(UInt8(ascii: "}"))
        let found = Shared(
            frame: job.frame,
            splitIndex: job.splitIndex,
            labels: RowLabels(job: whole),
            json: pieces
        )
        last = found
        return found
    }

    /// A line of `frontier.json`.
    mutating func json(of run: BoardRun, points: JSONValue) -> [UInt8] {
        let shared = shared(run.job)
        // In the order of the names.
        let own = [JSONValue(run.jobKeys.map(\.hex)), points, run.job["seed"] ?? .null]
        var line = shared.json[0]
        for (value, piece) in zip(own, shared.json.dropFirst()) { line += value.jsonBytes() + piece }
        return line
    }

    /// The first fields of a line of `frontier.csv`.
    mutating func fields(of run: BoardRun, mode: String, numerics: String) -> CSVLines.Fields {
        let (job, labels) = (run.job, shared(run.job).labels)
        let around =
            last?.fields
            ?? (
                before: CSVLines.Fields([
                    job["dataset"]?.stringValue, job["models"]?.stringValue, labels.kind, labels.allParameters,
                    labels.trainModality, labels.testModality, labels.encoder, labels.fusion, mode, numerics,
                    labels.split,
                ]),
                behind: CSVLines.Fields([
                    job["part"]?.stringValue, job["rule"]?.stringValue, labels.budget, job["prices"]?.stringValue,
                    Self.short(job["data"]), Self.short(job["inputs"]?["cost"]),
                ])
            )
        last?.fields = around
        return around.before + CSVLines.Fields([job.seed.map(String.init) ?? labels.seed]) + around.behind
    }

    /// The first digits of a digest: a line a point has no room for 64 of them.
    private static func short(_ digest: JSONValue?) -> String? { digest?.stringValue.map { String($0.prefix(12)) } }
}
