import Catalog
import RoutingData
import Scoring

/// Predictions laid out for an argmax: the models of each item one after the other, the preferred among equal scores
/// first.
///
/// Models without both predictions are left out.
struct RankedPredictions {
    /// Where each item's models start in the other arrays; one more than there are items.
    private(set) var starts: [Int] = [0]
    private(set) var models: [Int32] = []
    private(set) var quality: [Double] = []
    private(set) var cost: [Double] = []
    /// What an item without any model left gets.
    let fallback: Int

    init(quality: Matrix<Double>, cost: Matrix<Double>, order: TieOrder) {
        fallback = order.withoutPrediction
        let (q, c) = (quality.elements, cost.elements)
        starts.reserveCapacity(quality.rows + 1)
        models.reserveCapacity(q.count)
        self.quality.reserveCapacity(q.count)
        self.cost.reserveCapacity(q.count)
        for item in 0..<quality.rows {
            let first = item * quality.columns
            var known = order.preference.filter { !q[first + $0].isNaN && !c[first + $0].isNaN }
            if order.mode == .sound {
                let places = known.indices.sorted { (c[first + known[$0]], $0) < (c[first + known[$1]], $1) }
                known = places.map { known[$0] }
            }
            for model in known {
                models.append(Int32(model))
                self.quality.append(q[first + model])
                self.cost.append(c[first + model])
            }
            starts.append(models.count)
        }
    }
}
