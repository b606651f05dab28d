import Catalog
import RouteGridBase
import RoutingData
import Scoring

extension EvaluationReport {
    /// The members of ``json`` in both byte forms, without the braces around them and without a tree.
    var members: EncodedJSON {
        let largest = reference.picks.largest
        var out = EncodedJSON()
        out.reserve(2_560 + 96 * points.count)
        if let cap {
            out.member("cost_cap")
            cap.encode(into: &out)
        }
        out.member("metrics")
        metrics(into: &out)
        out.member("n")
        out.integer(part.outcomes.items)
        out.member("n_missing")
        out.integer(part.outcomes.missingCount)
        out.member("n_missing_chosen")
        out.integer(part.outcomes.missingChosen(in: choices.row(largest)))
        out.member("n_unaffordable")
        out.integer(unaffordable(at: largest))
        out.member("points")
        out.array {
            for index in points.indices {
                $0.element()
                point(index, into: &$0)
            }
        }
        out.member("reference")
        reference.encode(into: &out)
        out.member("slices")
        part.slices.encode(choices.row(largest), part.outcomes, into: &out)
        return out
    }

    private func point(_ index: Int, into out: inout EncodedJSON) {
        out.object {
            $0.member("accuracy")
            $0.number(points[index].accuracy)
            $0.member("cost")
            $0.number(points[index].cost)
            $0.member("id")
            $0.integer(index)
            switch (plan.points, budgets, plan.request.rule, plan.request.budget) {
            case (.thresholds, let budgets?, _, _):
                $0.member("threshold")
                $0.number(budgets[index])
            case (.penalties, let budgets?, _, _):
                $0.member("lambda")
                $0.number(budgets[index])
            case (.own, _, .softLabel, .amount(let lambda)):
                $0.member("lambda")
                if lambda.isFinite { $0.number(lambda) } else { $0.string("inf") }
            default: break
            }
        }
    }

    private func metrics(into out: inout EncodedJSON) {
        let metrics = CurveMetrics(points: points, reference: reference)
        out.object {
            for (metric, name) in plan.mode == .sound ? Self.soundMetrics : Self.compatMetrics {
                $0.member(encoded: name)
                $0.object { out in
                    let place = reference.picks.place(of: metric)
                    if let place {
                        out.member("at")
                        out.integer(place.to)
                        if !place.isWhole {
                            if let from = place.from {
                                out.member("from")
                                out.integer(from)
                            }
                            out.member("mix")
                            out.number(place.share)
                        }
                    }
                    switch metrics[metric] {
                    case .value(let number):
                        out.member("v")
                        out.number(number)
                    case .absent(let why):
                        out.nullMember("v")
                        out.member("why")
                        out.string(why)
                    }
                }
            }
        }
    }

    private static let soundMetrics = sortedMetrics(.sound)
    private static let compatMetrics = sortedMetrics(.compat)

    /// By name, each with its name in quotes.
    private static func sortedMetrics(_ mode: EvaluationMode) -> [(CurveMetric, [UInt8])] {
        CurveMetric.cases(of: mode)
            .sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }
            .map { ($0, JSONValue.string($0.rawValue).jsonBytes()) }
    }
}

extension CostCap {
    /// ``json`` in both byte forms.
    fileprivate func encode(into out: inout EncodedJSON) {
        out.object {
            $0.member("limit")
            $0.number(limit)
            $0.member("over")
            $0.boolean(isOver)
            if let planned {
                $0.member("planned")
                $0.number(planned)
            } else {
                $0.nullMember("planned")
            }
        }
    }
}

extension CurveReference {
    /// ``json`` in both byte forms.
    func encode(into out: inout EncodedJSON) {
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
}
