/// How near the choices of one operating point come to the best choice on every item.
///
/// An item's best quality is the highest that any model has on it; its best model is the cheapest of that quality.
/// Where qualities are 0 or 1 these are RouterArena's figures (Opt.Sel, Opt.Cost, Opt.Acc): best is correct.
package struct ChoiceMetrics: Sendable {
    /// The names on boards, in the order of the columns.
    package static let names = ["opt_sel", "opt_cost", "opt_acc", "gap_closed"]

    /// Of the items that some model solves, the share where the best model was chosen, 0…1.
    package let bestSelected: MetricValue
    /// Over the same items, the mean of the best model's cost divided by the cost of the choice; above 1 where wrong
    /// choices were cheaper.
    package let costRatio: MetricValue
    /// The accuracy of the choices divided by the oracle's, 0…1.
    package let accuracyRatio: MetricValue
    /// (A − a_s) ÷ (a_o − a_s): the share of the gap between best single model and oracle that the choices close; below
    /// 0 where they are worse than that model.
    package let gapClosed: MetricValue

    /// - Parameters:
    ///   - choices: One an item; ``ItemOutcomes/models`` for an item without an answer.
    ///   - outcomes: Of the same items; at least one.
    ///   - accuracy: Of the choices.
    ///   - reference: Of the same part.
    package init(
        _ choices: some Sequence<ModelNumber>,
        on outcomes: ItemOutcomes,
        accuracy: Double,
        reference: CurveReference
    ) {
        var solved = 0
        var selected = 0
        var ratios = CompensatedSum()
        var isFree = false
        for (item, number) in choices.enumerated() {
            let choice = Int(number)
            guard let best = outcomes.best(on: item) else { continue }
            solved += 1
            let cost = outcomes.cost(of: choice, on: item)
            if outcomes.quality(of: choice, on: item) == best.quality, cost == best.cost { selected += 1 }
            if cost > 0 { ratios.add(best.cost / cost) } else if best.cost > 0 { isFree = true } else { ratios.add(1) }
        }
        let unsolved = MetricValue.absent(why: "no model solves any item")
        bestSelected = solved > 0 ? .value(Double(selected) / Double(solved)) : unsolved
        costRatio =
            solved == 0
            ? unsolved
            : isFree ? .absent(why: "a choice costs nothing") : .value(ratios.value / Double(solved))
        let (single, oracle) = (reference.best.accuracy, reference.oracleAccuracy)
        accuracyRatio = oracle > 0 ? .value(accuracy / oracle) : unsolved
        gapClosed =
            oracle > single
            ? .value((accuracy - single) / (oracle - single))
            : .absent(why: "the oracle is not more accurate than the best single model")
    }

    /// By name.
    package var values: [(name: String, value: MetricValue)] {
        Array(zip(Self.names, [bestSelected, costRatio, accuracyRatio, gapClosed])).map { (name: $0.0, value: $0.1) }
    }
}

extension ItemOutcomes {
    /// The highest quality on an item and the lowest cost of it; nil where no model has any.
    fileprivate func best(on item: Int) -> (quality: Double, cost: Double)? {
        var best = (quality: 0.0, cost: Double.infinity)
        for model in 0..<models {
            let (quality, cost) = (quality(of: model, on: item), cost(of: model, on: item))
            if quality > best.quality || (quality == best.quality && cost < best.cost) { best = (quality, cost) }
        }
        return best.quality > 0 ? best : nil
    }
}
