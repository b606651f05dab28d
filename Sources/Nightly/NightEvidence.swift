package import Aggregator
import Catalog
package import Grid
import RouteGridBase

/// What a night's verdict is made of: what became of each row since the reference, by identity and by numbers.
package struct NightEvidence: Sendable {
    package struct Row: Sendable {
        package var name: String
        package var kind: RowChange.Kind
        package var causes: [ChangeCause]
        /// Tonight's number less the reference's, positive is better; nil where there is none.
        package var estimate: PairedEstimate?
        /// Whether no router moves it; its estimate is then of the accuracy.
        package var isCanary: Bool
        /// Smaller drops are no regression; nil: no rule is about the row.
        package var drop: Double?

        package init(
            name: String,
            kind: RowChange.Kind,
            causes: [ChangeCause],
            estimate: PairedEstimate? = nil,
            isCanary: Bool = false,
            drop: Double? = 0
        ) {
            (self.name, self.kind, self.causes, self.estimate) = (name, kind, causes, estimate)
            (self.isCanary, self.drop) = (isCanary, drop)
        }

        /// The difference with what it takes to judge it; nil where identity says why the numbers may differ.
        fileprivate func candidate(_ allowed: Set<ChangeCause>) -> NightJudge.Candidate? {
            guard !causes.isEmpty, allowed.isSuperset(of: causes), let estimate else { return nil }
            return NightJudge.Candidate(name: name, estimate: estimate, drop: drop ?? 0)
        }
    }

    package var rows: [Row]
    /// Of the changes, in a sentence.
    package var summary: String
    /// A line for each row that a reader would ask about.
    package var lines: [String]

    package init(rows: [Row], summary: String, lines: [String] = []) {
        (self.rows, self.summary, self.lines) = (rows, summary, lines)
    }

    /// Routers that do not learn, and bounds: they move when outcomes do, and whatever a router's code does not.
    package static let canaryKinds: Set<String> = ["oracle", "fixed"]

    /// - Parameters:
    ///   - changes: From the reference to tonight.
    ///   - gates: The rules; none: no router may be worse at all.
    package init(_ changes: BoardChanges, gates: [GridGate]) {
        rows = changes.rows.map { row in
            let kind = (row.new ?? row.old)?.routerKind ?? ""
            let isCanary = Self.canaryKinds.contains(kind)
            let sign: Double = isCanary || row.isLargerBetter ? 1 : -1
            return Row(
                name: row.name.slug,
                kind: row.kind,
                causes: row.causes,
                estimate: (isCanary ? row.accuracy : row.estimate)?.times(sign),
                isCanary: isCanary,
                drop: Self.drop(row, kind, gates)
            )
        }
        summary = changes.summary
        lines = changes.notable.filter { $0.kind != .withinNoise }.prefix(20).map { row in
            "\(row.kind.words): \(row.name.slug)\(row.why.isEmpty ? "" : " (\(row.why))")"
        }
    }

    private static func drop(_ row: RowChange, _ kind: String, _ gates: [GridGate]) -> Double? {
        let rules = gates.isEmpty ? [GridGate()] : gates
        return rules.filter { gate in
            (gate.metric ?? row.metric) == row.metric
                && (gate.router.map { $0 == kind || RowNames.isCalled(row.name, $0) } ?? true)
                && (gate.dataset.map { $0 == row.name.dataset } ?? true)
        }.map(\.drop).min()
    }

    /// What may be judged of routers: measured again, fitted again, or computed by another revision.
    var candidates: [NightJudge.Candidate] {
        rows.filter { !$0.isCanary && $0.drop != nil }.compactMap { $0.candidate([.revision, .outcomes, .runs]) }
    }

    /// What may be judged of rows that no router moves: prices do not move their accuracy.
    var canaries: [NightJudge.Candidate] {
        rows.filter(\.isCanary).compactMap { $0.candidate([.revision, .outcomes, .runs, .prices]) }
    }
}
