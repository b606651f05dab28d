package import Catalog
package import RouteGridBase

extension CurveReference {
    /// What a record keeps of its reference, in both byte forms, so that records of single budgets can be joined into a
    /// curve.
    package func encode(into out: inout EncodedJSON) {
        out.object {
            $0.member("best")
            best.encode(into: &$0)
            if picks.isBound {
                $0.member("bound")
                $0.boolean(true)
            }
            $0.member("c_best")
            $0.number(strongCost)
            $0.member("c_hi")
            $0.number(highestCost)
            $0.member("c_lo")
            $0.number(lowestCost)
            $0.member("cheapest")
            cheapest.encode(into: &$0)
            if let dev {
                $0.member("dev")
                $0.object {
                    if let cheapest = dev.cheapest {
                        $0.member("cheapest")
                        cheapest.encode(into: &$0)
                    }
                    $0.member("goal")
                    $0.number(dev.goal)
                    $0.member("hull")
                    $0.array {
                        for corner in picks.hull {
                            $0.element()
                            $0.integer(corner)
                        }
                    }
                    if let point = dev.point {
                        $0.member("point")
                        point.encode(into: &$0)
                    }
                }
            }
            if !lowCoverage.isEmpty {
                $0.member("low_coverage")
                $0.array {
                    for model in lowCoverage {
                        $0.element()
                        $0.object {
                            $0.member("coverage")
                            $0.number(model.coverage)
                            $0.member("model")
                            $0.string(model.model)
                        }
                    }
                }
            }
            $0.member("oracle")
            $0.number(oracleAccuracy)
            guard let rankBounds else { return }
            $0.member("rank_bounds")
            $0.array {
                for bound in [rankBounds.low, rankBounds.high] {
                    $0.element()
                    $0.number(bound)
                }
            }
        }
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
    fileprivate func encode(into out: inout EncodedJSON) {
        out.object {
            $0.member("accuracy")
            $0.number(accuracy)
            $0.member("cost")
            $0.number(cost)
        }
    }

    fileprivate init?(_ json: JSONValue?) {
        guard let cost = json?["cost"]?.numberValue, let accuracy = json?["accuracy"]?.numberValue else { return nil }
        self.init(cost: cost, accuracy: accuracy)
    }
}
