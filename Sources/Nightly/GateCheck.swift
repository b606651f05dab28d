package import Aggregator
import Catalog
package import Grid
package import RouteGridBase

/// Whether rules are about something: a gate that never closes is worse than none.
package struct GateCheck: Sendable {
    package let gates: [GridGate]
    /// The file that they are in, for messages.
    private let place: String

    package init(_ gates: [GridGate], in place: String) { (self.gates, self.place) = (gates, place) }

    /// Refuses rules that no row of a grid can break, before any cell is computed.
    ///
    /// Names of rows are known when the board is made; each begins with the kind of its router.
    ///
    /// - Throws: `badInput` with the names that there are.
    package func check(_ lock: GridLock) throws(RouteGridError) {
        let datasets = Set(lock.contents.axes.tables.map { SafeText.line($0.dataset) }).sorted()
        let kinds = Set(lock.contents.blocks.map(\.kind)).sorted()
        let metrics = CurveMetric.cases(of: lock.mode).map(\.rawValue)
        for gate in gates {
            if let metric = gate.metric, !metrics.contains(metric) {
                let hint = NearestName.hint(metric, in: metrics)
                throw .badInput(place, "gate: boards of mode \(lock.mode.rawValue) have no metric \"\(metric)\"\(hint)")
            }
            if let dataset = gate.dataset, !datasets.contains(dataset) {
                let hint = NearestName.hint(dataset, in: datasets)
                throw .badInput(place, "gate: the grid has no dataset \"\(dataset)\"\(hint)")
            }
            guard let router = gate.router else { continue }
            let parts = router.split(separator: "/").map { RowNames.slug(String($0)) }
            let begins = kinds.map(RowNames.slug) + (lock.contents.select == nil ? [] : ["selected"])
            let isTable = parts.count < 2 || datasets.map(RowNames.slug).contains { parts[0].hasPrefix($0) }
            guard isTable, let name = parts.last, begins.contains(where: name.hasPrefix) else {
                let hint = NearestName.hint(router, in: kinds)
                throw .badInput(place, "gate: the grid has no router \"\(router)\"\(hint)")
            }
            if NightEvidence.canaryKinds.contains(router) {
                throw .badInput(place, "gate: \(Self.canary(router))\(NearestName.hint(router, in: Self.gated(kinds)))")
            }
        }
    }

    /// What no row of a board can break, a line each with the names that there are.
    package func findings(on board: Leaderboard) -> [String] {
        let entries = RowNames(board).entries
        let kinds = entries.map { board.row($0).routerKind }
        return gates.compactMap { gate in
            let rows = zip(entries, kinds).filter { gate.isAbout($0, kind: $1) }.map(\.0)
            guard !rows.isEmpty else {
                let known = Set(kinds).sorted() + entries.map(\.slug)
                return missing(gate, known)
            }
            if let router = gate.router, rows.allSatisfy({ isCanary(board.row($0).routerKind) }) {
                return "gate: \(Self.canary(router))"
            }
            guard let metric = gate.metric, rows.allSatisfy({ board.row($0).value(metric) == nil }) else { return nil }
            let known = CurveMetric.allCases.map(\.rawValue).filter { name in
                rows.contains { board.row($0).value(name) != nil }
            }
            return "gate: no row that it is about has a value of \(metric); they have \(known.joined(separator: ", "))"
        }
    }

    /// The same where equal bytes said what a board is: by the rows of the reference night.
    package func findings(among rows: [NightHistory.Row]) -> [String] {
        gates.compactMap { gate in
            let isMatched = rows.contains { row in
                let parts = row.row.split(separator: "/").map(String.init)
                guard let table = parts.first, let name = parts.last else { return false }
                let dataset = gate.dataset.map { table.hasPrefix(RowNames.slug($0)) } ?? true
                let router = gate.router.map { router in
                    let slug = router.split(separator: "/").map { RowNames.slug(String($0)) }.joined(separator: "/")
                    return row.row == slug || row.row.hasSuffix("/\(slug)") || name.hasPrefix(slug)
                }
                return dataset && router ?? true
            }
            return isMatched ? nil : missing(gate, rows.map(\.row))
        }
    }

    private func missing(_ gate: GridGate, _ known: [String]) -> String {
        let words = [gate.router.map { "is called \"\($0)\"" }, gate.dataset.map { "is of dataset \"\($0)\"" }]
        let what = words.compactMap(\.self).joined(separator: " and ")
        return "gate: no row \(what)\(NearestName.hint(gate.router ?? gate.dataset ?? "", in: known))"
    }

    private func isCanary(_ kind: String) -> Bool { NightEvidence.canaryKinds.contains(kind) }

    private static func canary(_ router: String) -> String {
        "no code moves \"\(router)\": such rows tell whether a night can be judged, and no rule is about them"
    }

    private static func gated(_ kinds: [String]) -> [String] {
        kinds.filter { !NightEvidence.canaryKinds.contains($0) }
    }
}
