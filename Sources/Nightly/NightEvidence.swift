package import Aggregator
package import Catalog
package import Grid
import RouteGridBase

/// What a night's verdict is made of: what became of each row since the reference, by identity and by numbers.
package struct NightEvidence: Sendable {
    /// A number of a row that is judged.
    package struct Number: Sendable {
        /// Nil: the metric that the row's table is ordered by.
        package var metric: String?
        /// Tonight's number less the reference's, positive is better.
        package var estimate: PairedEstimate
        /// Smaller drops are no regression.
        package var drop: Double

        package init(metric: String? = nil, estimate: PairedEstimate, drop: Double = 0) {
            (self.metric, self.estimate, self.drop) = (metric, estimate, drop)
        }
    }

    package struct Row: Sendable {
        package var name: String
        package var kind: RowChange.Kind
        package var causes: [ChangeCause]
        /// By rules for routers; accuracy and, of a single model, mean cost of rows that no router moves.
        package var numbers: [Number]
        /// Whether no router moves it.
        package var isCanary: Bool

        package init(
            name: String,
            kind: RowChange.Kind,
            causes: [ChangeCause],
            numbers: [Number] = [],
            isCanary: Bool = false
        ) {
            (self.name, self.kind, self.causes) = (name, kind, causes)
            (self.numbers, self.isCanary) = (numbers, isCanary)
        }

        /// A row with one number at most; a `drop` of nil: no rule is about the row.
        package init(
            name: String,
            kind: RowChange.Kind,
            causes: [ChangeCause],
            estimate: PairedEstimate?,
            isCanary: Bool = false,
            drop: Double? = 0
        ) {
            let number = drop.flatMap { drop in estimate.map { Number(estimate: $0, drop: drop) } }
            self.init(
                name: name,
                kind: kind,
                causes: causes,
                numbers: [number].compactMap(\.self),
                isCanary: isCanary
            )
        }

        /// The differences with what it takes to judge them; none where identity says why the numbers may differ.
        fileprivate func candidates(_ allowed: Set<ChangeCause>) -> [NightJudge.Candidate] {
            guard !causes.isEmpty, allowed.isSuperset(of: causes) else { return [] }
            return numbers.map {
                NightJudge.Candidate(name: name, metric: $0.metric, estimate: $0.estimate, drop: $0.drop)
            }
        }
    }

    package var rows: [Row]
    /// Of the changes, in a sentence.
    package var summary: String
    /// A line for each row that a reader would ask about.
    package var lines: [String]
    /// Rules that the night cannot be judged by, a line each.
    package var unjudged: [String] = []

    package init(rows: [Row], summary: String, lines: [String] = []) {
        (self.rows, self.summary, self.lines) = (rows, summary, lines)
    }

    /// Routers that do not learn, and bounds: they move when outcomes do, and whatever a router's code does not.
    package static let canaryKinds: Set<String> = ["oracle", "fixed"]
    /// What answers that were measured again, seeds and code may move.
    private static let judged: Set<ChangeCause> = [.revision, .outcomes, .runs]

    /// The metrics that ``init(_:gates:)`` needs of changes besides the ranking metric.
    package static func metrics(of gates: [GridGate]) -> [CurveMetric] {
        let named = Set(gates.compactMap(\.metric))
        return CurveMetric.allCases.filter { named.contains($0.rawValue) }
    }

    /// - Parameters:
    ///   - changes: From the reference to tonight, with ``metrics(of:)``.
    ///   - gates: The rules; none: no router may be worse at all.
    package init(_ changes: BoardChanges, gates: [GridGate]) {
        rows = changes.rows.map { row in
            let kind = (row.new ?? row.old)?.routerKind ?? ""
            let isCanary = Self.canaryKinds.contains(kind)
            return Row(
                name: row.name.slug,
                kind: row.kind,
                causes: row.causes,
                numbers: isCanary
                    ? Self.canaryNumbers(row, kind) : Self.numbers(row, kind, gates.isEmpty ? [GridGate()] : gates),
                isCanary: isCanary
            )
        }
        summary = changes.summary
        lines = changes.notable.filter { $0.kind != .withinNoise }.prefix(20).map { row in
            "\(row.kind.words): \(row.name.slug)\(row.why.isEmpty ? "" : " (\(row.why))")"
        }
        unjudged = gates.compactMap { Self.fault(of: $0, changes) }
    }

    /// Of each metric that some rule is about, with the strictest rule.
    private static func numbers(_ row: RowChange, _ kind: String, _ gates: [GridGate]) -> [Number] {
        let rules = gates.filter { $0.isAbout(row.name, kind: kind) }
        let drops = Dictionary(rules.map { ($0.metric ?? row.metric, $0.drop) }) { min($0, $1) }
        return drops.sorted { $0.key < $1.key }.compactMap { metric, drop in
            number(row, metric).map { Number(metric: metric == row.metric ? nil : metric, estimate: $0, drop: drop) }
        }
    }

    /// Tonight's value less the reference's, positive is better.
    private static func number(_ row: RowChange, _ metric: String) -> PairedEstimate? {
        if metric == row.metric { return row.estimate?.times(row.isLargerBetter ? 1 : -1) }
        guard let known = CurveMetric(rawValue: metric) else { return nil }
        return row.others[known]?.times(known.descriptor.isLargerBetter ? 1 : -1)
    }

    /// What no router moves: how often answers are right, and what a model's answers cost, as long as no other prices
    /// say why.
    private static func canaryNumbers(_ row: RowChange, _ kind: String) -> [Number] {
        var numbers = [row.others[.accuracy].map { Number(estimate: $0) }]
        if kind == "fixed", !row.causes.contains(.prices) {
            let metric = CurveMetric.meanCost.rawValue
            numbers.append(number(row, metric).map { Number(metric: metric, estimate: $0) })
        }
        return numbers.compactMap(\.self)
    }

    /// Why a rule says nothing about a night on which rows moved that it is about; nil where it does.
    private static func fault(of gate: GridGate, _ changes: BoardChanges) -> String? {
        let rows = changes.rows.filter { row in
            let kind = (row.new ?? row.old)?.routerKind ?? ""
            return gate.isAbout(row.name, kind: kind) && !canaryKinds.contains(kind) && !row.causes.isEmpty
                && judged.isSuperset(of: row.causes)
        }
        guard let first = rows.first else { return nil }
        let metric = gate.metric ?? first.metric
        let title = MetricDescriptor.named(metric)?.title ?? metric
        if let lost = rows.first(where: { $0.old?.value(metric) != nil && $0.new?.value(metric) == nil }) {
            return "gate on \(metric): \(lost.name.slug) had a value of \(title) on the reference night and has none"
        }
        guard rows.allSatisfy({ number($0, metric) == nil }) else { return nil }
        return "gate on \(metric): no row that it is about has an interval of \(title), so it was not judged"
    }

    /// What may be judged of routers: measured again, fitted again, or computed by another revision.
    var candidates: [NightJudge.Candidate] { rows.filter { !$0.isCanary }.flatMap { $0.candidates(Self.judged) } }

    /// What may be judged of rows that no router moves: prices do not move their accuracy.
    var canaries: [NightJudge.Candidate] {
        rows.filter(\.isCanary).flatMap { $0.candidates(Self.judged.union([.prices])) }
    }
}

extension GridGate {
    /// Whether a row is one that the rule is about, whatever the metric.
    func isAbout(_ name: RowNames.Entry, kind: String) -> Bool {
        (router.map { $0 == kind || RowNames.isCalled(name, $0) } ?? true)
            && (dataset.map { $0 == name.dataset } ?? true)
    }
}
