package import RouteGridBase

/// A coordinator's report on a run, in counts of cells.
package struct RunReport: Sendable {
    package let run: RunID
    package let name: String
    /// `active`, `paused`, `cancelled`, `stopped` or `finished`.
    package let state: String
    package let reason: String
    /// Cells that the grid asks for.
    package let cells: Int
    /// Cells with a record.
    package let done: Int
    /// Those of them that existed before the run.
    package let reused: Int
    package let leased: Int
    package let failed: Int
    package let quarantined: Int
    package let divergent: Int
    package let priority: Int
    /// 1 while dev cells run, 2 once some test cells are selected; nil for a run without `select`.
    package let stage: Int?
    /// Choices that could not be made: no configuration had a dev value.
    package let unmadeChoices: Int
    /// Why results cannot be written to the coordinator's disk at present.
    package let storeError: String?
    /// Why no connected worker can compute what is left of it; nil when one can, or none is connected.
    package let obstacle: String?
    /// The reply as received.
    package let json: JSONValue

    /// - Throws: `protocolRefused` when the reply has another form.
    package init(_ json: JSONValue) throws(RouteGridError) {
        func count(_ name: String) throws(RouteGridError) -> Int {
            guard let value = json[name]?.integerValue else {
                throw RouteGridError(.protocolRefused, "the coordinator's report of a run has no number \"\(name)\"")
            }
            return value
        }
        run = RunID(UInt64(clamping: try count("run")))
        name = json["name"]?.stringValue ?? ""
        state = json["state"]?.stringValue ?? ""
        reason = json["reason"]?.stringValue ?? ""
        (cells, done, reused) = (try count("cells"), try count("done"), try count("reused"))
        (leased, failed, quarantined) = (try count("leased"), try count("failed"), try count("quarantined"))
        (divergent, priority) = (try count("divergent"), try count("priority"))
        stage = json["stage"]?.integerValue
        unmadeChoices = json["not_selected"]?.integerValue ?? 0
        storeError = json["store_trouble"]?.stringValue
        obstacle = json["obstacle"]?.stringValue
        self.json = json
    }

    /// Whether the run can make no further progress by itself.
    package var isOver: Bool { ["finished", "cancelled", "stopped"].contains(state) }
    package var broken: Int { failed + quarantined }

    /// Throws the error with which the command ends, if any.
    ///
    /// - Parameter words: The command-line options that name the coordinator or its state folder.
    /// - Throws: `checkFailed` for divergent results, `cellsFailed` when a cell failed, `incomplete` when cells are
    ///   left.
    package func checkComplete(words: String = "") throws(RouteGridError) {
        let label = "run \(run) (\(name))"
        if divergent > 0 {
            throw RouteGridError(
                .checkFailed,
                "\(label): \(divergent) result(s) differ from the first one of their key"
            )
        }
        if broken > 0 {
            throw RouteGridError(
                .cellsFailed,
                "\(label): \(broken) of \(cells) cells failed after their retries; why: "
                    + "routegrid status --failures \(run)\(words)"
            )
        }
        if done < cells {
            let why = reason.isEmpty ? state : "\(state): \(reason)"
            throw RouteGridError(.incomplete, "\(label) is not complete: \(done) of \(cells) cells recorded (\(why))")
        }
    }
}
