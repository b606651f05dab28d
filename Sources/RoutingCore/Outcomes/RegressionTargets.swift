import Catalog
import RoutingData

/// Quality and cost as networks learn them: float32, NaN where an outcome is missing.
///
/// Sound: costs in units of the dearest model's mean train cost, so that a fit does not depend on the cost's unit.
/// Compat: costs as they are, like the peer's.
struct RegressionTargets: Sendable {
    /// `[train rows, models]`.
    let quality: Matrix<Float>
    /// `[train rows, models]`, divided by `costScale`.
    let cost: Matrix<Float>
    let costScale: Double
    /// Models that no train row measured, with the cost that stands in.
    let unmeasured: [(model: Int, cost: Double)]

    init(_ request: FitRequest) {
        let targets = TrainTargets(request)
        let count = targets.modelCount
        let dearest = targets.means[count...].max() ?? 0
        costScale = request.mode == .sound && dearest > 0 ? dearest : 1
        let scale = costScale
        let quality = targets.values.columns(Array(0..<count))
        let cost = targets.values.columns(Array(count..<2 * count))
        self.quality = Matrix(rows: quality.rows, columns: count, elements: quality.elements.map(Float.init))
        self.cost = Matrix(rows: cost.rows, columns: count, elements: cost.elements.map { Float($0 / scale) })
        unmeasured = (0..<count).filter { model in (0..<quality.rows).allSatisfy { quality[$0, model].isNaN } }
            .map { ($0, targets.means[count + $0]) }
    }

    /// What predictions of a fit that was written are made with; nothing to train on.
    init(costScale: Double, unmeasured: [(model: Int, cost: Double)], models: Int) {
        quality = Matrix(rows: 0, columns: models, elements: [])
        cost = quality
        (self.costScale, self.unmeasured) = (costScale, unmeasured)
    }

    /// A network's outputs as predictions, in the table's cost unit.
    func output(quality: Matrix<Double>, cost: Matrix<Double>) -> RouterOutput {
        var (quality, cost) = (quality, cost)
        for index in cost.elements.indices { cost.elements[index] *= costScale }
        for (model, standIn) in unmeasured {
            for row in 0..<quality.rows { (quality[row, model], cost[row, model]) = (0, standIn) }
        }
        return .predictions(quality: quality, cost: cost)
    }
}
