import RoutingData
import Scoring

/// What regression-like routers learn: quality and cost of every model side by side.
///
/// With K models there are 2K targets; target k is the quality of model k and target K + k its cost.
struct TrainTargets: Sendable {
    /// `[train rows, 2K]`, NaN where an outcome is missing.
    let values: Matrix<Double>
    let modelCount: Int
    /// `[2K]`: each target's mean over the rows that have it.
    ///
    /// A target that none has: quality 0, and the cost of the dearest model, so that no budget rule is drawn to a model
    /// never measured.
    let means: [Double]

    init(_ request: FitRequest) {
        self.init(request.table, rows: request.parts.train)
    }

    init(_ table: OutcomeTable, rows: [Int]) {
        let count = table.models.count
        modelCount = count
        let elements = [Double](unsafeUninitializedCapacity: rows.count * 2 * count) { values, initialised in
            table.quality.elements.withUnsafeBufferPointer { quality in
                table.cost.elements.withUnsafeBufferPointer { cost in
                    for (place, row) in rows.enumerated() {
                        precondition(0..<table.quality.rows ~= row, "row \(row) of \(table.quality.rows)")
                        for model in 0..<count {
                            values.initializeElement(at: place * 2 * count + model, to: quality[row * count + model])
                            values.initializeElement(at: (place * 2 + 1) * count + model, to: cost[row * count + model])
                        }
                    }
                }
            }
            initialised = rows.count * 2 * count
        }
        values = Matrix(rows: rows.count, columns: 2 * count, elements: elements)
        let known = values.columnMeans()
        let dearest = known[count...].filter { !$0.isNaN }.max() ?? 0
        means = known.enumerated().map { target, mean in mean.isNaN ? (target < count ? 0 : dearest) : mean }
    }

    /// Targets of a fit that was written.
    init(values: Matrix<Double>, means: [Double]) {
        (self.values, self.means, modelCount) = (values, means, values.columns / 2)
    }

    /// Targets that are measured on the same rows, together with those rows (places in the train part).
    ///
    /// One group of all targets when nothing is missing. Targets measured nowhere are in no group.
    func groups() -> [(targets: [Int], rows: [Int])] {
        guard values.elements.contains(where: { $0.isNaN }) else {
            return [(Array(0..<values.columns), Array(0..<values.rows))]
        }
        var order: [[Int]] = []
        var members: [[Int]: [Int]] = [:]
        for target in 0..<values.columns {
            let rows = (0..<values.rows).filter { !values[$0, target].isNaN }
            guard !rows.isEmpty else { continue }
            if members[rows] == nil { order.append(rows) }
            members[rows, default: []].append(target)
        }
        return order.map { (members[$0] ?? [], $0) }
    }

    /// Predictions `[rows, 2K]` as a router's output.
    static func output(_ predictions: Matrix<Double>) -> RouterOutput {
        let count = predictions.columns / 2
        return .predictions(
            quality: predictions.columns(Array(0..<count)),
            cost: predictions.columns(Array(count..<2 * count))
        )
    }
}
