package import Catalog
package import RouteGridBase

extension CurveReference {
    /// What a record keeps of its reference, so that records of single budgets can be joined into a curve.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "c_lo": .double(lowestCost), "c_hi": .double(highestCost), "c_best": .double(strongCost),
            "cheapest": cheapest.json, "best": best.json, "oracle": .double(oracleAccuracy),
        ]
        if picks.isBound { members["bound"] = true }
        if let rankBounds { members["rank_bounds"] = [.double(rankBounds.low), .double(rankBounds.high)] }
        if !lowCoverage.isEmpty {
            members["low_coverage"] = .array(
                lowCoverage.map { ["model": .string($0.model), "coverage": .double($0.coverage)] }
            )
        }
        if let dev {
            var reading: [String: JSONValue] = [
                "goal": .double(dev.goal), "hull": .array(picks.hull.map { JSONValue($0) }),
            ]
            reading["point"] = dev.point?.json
            reading["cheapest"] = dev.cheapest?.json
            members["dev"] = .object(reading)
        }
        return .object(members)
    }

    /// Reads a record's `result.reference`.
    ///
    /// - Parameters:
    ///   - json: the object.
    ///   - mode: the record's mode.
    ///   - place: where the record stands, for the error message.
    /// - Throws: `badInput` when a member is absent.
    package init(_ json: JSONValue, mode: EvaluationMode, place: String) throws(RouteGridError) {
        guard let low = json["c_lo"]?.numberValue, let high = json["c_hi"]?.numberValue,
            let strong = json["c_best"]?.numberValue, let oracle = json["oracle"]?.numberValue,
            let cheapest = OperatingPoint(json["cheapest"]), let best = OperatingPoint(json["best"])
        else { throw .badInput(place, "\"reference\": expected c_lo, c_hi, c_best, oracle, cheapest and best") }
        let bounds = json["rank_bounds"]?.arrayValue?.compactMap(\.numberValue)
        self.init(
            mode: mode,
            lowestCost: low,
            highestCost: high,
            strongCost: strong,
            cheapest: cheapest,
            best: best,
            oracleAccuracy: oracle,
            rankBounds: bounds.flatMap { $0.count == 2 ? CostBounds(low: $0[0], high: $0[1]) : nil },
            lowCoverage: (json["low_coverage"]?.arrayValue ?? []).compactMap(ModelCoverage.init),
            picks: .unpicked(why: "not joined")
        )
        if let goal = json["dev"]?["goal"]?.numberValue {
            dev = DevReading(
                point: OperatingPoint(json["dev"]?["point"]),
                goal: goal,
                cheapest: OperatingPoint(json["dev"]?["cheapest"])
            )
        }
    }
}

extension ModelCoverage {
    fileprivate init?(_ json: JSONValue) {
        guard let model = json["model"]?.stringValue, let coverage = json["coverage"]?.numberValue else { return nil }
        self.init(model: model, coverage: coverage)
    }
}

extension OperatingPoint {
    fileprivate var json: JSONValue { ["cost": .double(cost), "accuracy": .double(accuracy)] }

    fileprivate init?(_ json: JSONValue?) {
        guard let cost = json?["cost"]?.numberValue, let accuracy = json?["accuracy"]?.numberValue else { return nil }
        self.init(cost: cost, accuracy: accuracy)
    }
}
