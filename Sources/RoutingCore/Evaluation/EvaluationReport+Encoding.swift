import Catalog
import RouteGridBase
import RoutingData
import Scoring

extension EvaluationReport {
    /// The members in both byte forms, without the braces around them and without a tree.
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
        // Behind "id" in the order of names.
        let budget = JSONValue.string(plan.request.rule.descriptor.point).jsonBytes()
        out.array {
            for index in points.indices {
                $0.element()
                point(index, budget: budget, into: &$0)
            }
        }
        out.member("reference")
        reference.encode(into: &out)
        out.member("slices")
        part.slices.encode(choices.row(largest), part.outcomes, into: &out)
        return out
    }

    private func point(_ index: Int, budget: [UInt8], into out: inout EncodedJSON) {
        out.object {
            $0.member("accuracy")
            $0.number(points[index].accuracy)
            $0.member("cost")
            $0.number(points[index].cost)
            $0.member("id")
            $0.integer(index)
            switch (plan.points, plan.request.rule.descriptor.budgets, plan.request.budget) {
            case (.budgets, _, _):
                guard let budgets else { break }
                $0.member(encoded: budget)
                $0.number(budgets[index])
            case (.own, .labels, .amount(let lambda)):
                $0.member(encoded: budget)
                if lambda.isFinite { $0.number(lambda) } else { $0.string("inf") }
            default: break
            }
        }
    }

    private func metrics(into out: inout EncodedJSON) {
        let metrics = MetricFormulae(points: points, reference: reference)
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
