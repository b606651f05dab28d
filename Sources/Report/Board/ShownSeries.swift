import Aggregator
import RouteGridBase

/// Which rows of a table are drawn, and how.
struct ShownSeries {
    enum Role: String { case router, single, reference, bound }

    struct Series {
        let row: ReportRow
        let role: Role
        /// Colour, mark and dashes of a router: its number among those drawn.
        let style: Int
        /// Whether it is drawn from the start; others wait for a reader who asks for them.
        let isOn: Bool
    }

    /// Routers drawn from the start, and drawn at all.
    static let shownRouters = 6
    static let mostRouters = 24
    /// Single models and other baselines.
    static let mostReferences = 16

    /// Bounds and references first, so that routers lie above them; the best router last.
    let series: [Series]
    /// Rows that are not drawn.
    let leftOut: Int

    init(_ table: ReportTable, most: Int = mostRouters) {
        let drawable = table.rows.filter { !$0.curve.isEmpty }
        var routers = drawable.filter { !$0.row.isBound && !$0.row.isReference }
        // The one that the verdict names is the first of all.
        if let named = table.verdict.row, let place = routers.firstIndex(where: { $0.number == named }) {
            routers.insert(routers.remove(at: place), at: 0)
        }
        let references = drawable.filter(\.row.isReference)
        let bounds = drawable.filter(\.row.isBound)
        var series = bounds.map { Series(row: $0, role: .bound, style: 0, isOn: true) }
        series += references.prefix(Self.mostReferences).map { row in
            Series(row: row, role: row.isOneModel ? .single : .reference, style: 0, isOn: true)
        }
        let drawn = routers.prefix(most)
        series += drawn.enumerated().reversed().map { place, row in
            Series(row: row, role: .router, style: place, isOn: place < Self.shownRouters)
        }
        self.series = series
        leftOut = routers.count - drawn.count + max(0, references.count - Self.mostReferences)
    }
}
