/// The metrics of one record, in the order of reports.
package enum CurveMetric: String, CaseIterable, Hashable, Sendable {
    /// At the largest budget point.
    case accuracy
    /// At the largest budget point.
    case meanCost = "mean_cost"
    /// Area under the router's own curve over its own cost range.
    case naucOwn = "nauc_own"
    /// Area under E(c) over the pool's shared cost range.
    case naucShared = "nauc_shared"
    /// Peak score.
    case ps
    /// Cost at which the best single model is reached, over that model's cost; in mode `sound` a board alone gives it.
    case qnc
    /// At the point of ``qnc``: accuracy − accuracy of the best single model.
    case qncGap = "qnc_gap"
    /// At the point of ``qnc``: cost over the best single model's cost.
    case qncCost = "qnc_cost"
    /// Cost over the best single model's, at the cheapest point that keeps 95 % of its accuracy on dev.
    case costAt95 = "cost_at_95"
    /// At that point: accuracy over the best single model's.
    case qualityAt95 = "quality_at_95"
    case costAt98 = "cost_at_98"
    case qualityAt98 = "quality_at_98"
    case costAt100 = "cost_at_100"
    case qualityAt100 = "quality_at_100"
    /// Oracle accuracy − accuracy at the largest budget point.
    case regret
    /// Peak score − accuracy of the best single model.
    case gain
    /// Mean of the performance gap recovered over the cost share.
    case apgr
    /// Cost share at which 20 % of the gap between cheapest and best single model is recovered.
    case cpt20 = "cpt_20"
    /// There: the share of the gap that is recovered.
    case pgrAt20 = "pgr_at_20"
    case cpt50 = "cpt_50"
    case pgrAt50 = "pgr_at_50"
    case cpt80 = "cpt_80"
    case pgrAt80 = "pgr_at_80"
    /// VL-RouterBench's score of accuracy and cost, at the largest budget point.
    case rankScore = "rank_score"

    /// The metrics that records of a mode have: those that are picked on dev belong to `sound`.
    package static func cases(of mode: EvaluationMode) -> [CurveMetric] {
        mode == .sound ? allCases : ofCompat
    }

    private static let ofCompat: [CurveMetric] = [
        .accuracy, .meanCost, .naucOwn, .naucShared, .ps, .qnc, .regret, .gain, .apgr, .cpt20, .cpt50, .cpt80,
        .rankScore,
    ]

    /// The revision of the set of metrics: grows whenever a value of any of them changes, or their set.
    ///
    /// Part of every key.
    package static let revision = 3
}

extension CurveMetric {
    /// What grids and boards know about the metric, and where it is read.
    package var descriptor: MetricDescriptor {
        // Evaluations ask for it several times a record: it is made once.
        guard let known = Self.descriptors[self] else { preconditionFailure("a metric without a descriptor") }
        return known
    }

    private static let descriptors = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.made) })

    private var made: MetricDescriptor {
        switch self {
        case .accuracy:
            up("accuracy", .point, .largest, "at the largest budget; missing items count as wrong")
        case .meanCost:
            down(
                "mean cost",
                .point,
                .largest,
                values: .cost,
                "of a query at the largest budget; $/1K: of a thousand queries, where costs are in USD"
            )
        case .naucOwn:
            up(
                "nAUC own",
                .ownRange,
                .curve,
                "area under accuracy over cost, on the router's own cost range: rows of different ranges do not compare"
            )
        case .naucShared:
            up(
                "nAUC shared",
                .curve,
                .curve,
                source: CatalogSource.routeGrid,
                "area under accuracy over cost, on the cost range of the pool: the same range for every router"
            )
        case .ps:
            up(
                "Ps",
                .curve,
                .peak,
                "peak score: accuracy at the operating point that was best on dev; in compat the highest of the curve"
            )
        case .qnc:
            down(
                "QNC",
                .board,
                .parity,
                values: .ratio,
                "quality-neutral cost: cost of the cheapest point that reaches the best single model on dev, or else "
                    + "of the best point there, as a share of that model's cost; in mode sound only where test shows "
                    + "that the point is not worse than that model; – otherwise"
            )
        case .qncGap:
            up(
                "QNC gap",
                .curve,
                .parity,
                values: .difference,
                source: CatalogSource.routeGrid,
                "accuracy of the point of QNC on test less the best single model's"
            )
        case .qncCost:
            down(
                "QNC cost",
                .beside,
                .parity,
                values: .ratio,
                source: CatalogSource.routeGrid,
                "cost share of the point of QNC, whether or not it is shown to keep the quality"
            )
        case .costAt95: cost(keeping: 95)
        case .costAt98: cost(keeping: 98)
        case .costAt100: cost(keeping: 100)
        case .qualityAt95: quality(keeping: 95)
        case .qualityAt98: quality(keeping: 98)
        case .qualityAt100: quality(keeping: 100)
        case .regret:
            down(
                "regret",
                .point,
                .curve,
                values: .difference,
                source: CatalogSource.routeGrid,
                "accuracy of the oracle less this one"
            )
        case .gain:
            up(
                "gain",
                .curve,
                .curve,
                values: .difference,
                source: CatalogSource.routeGrid,
                "Ps less the best single model's accuracy"
            )
        case .apgr:
            up(
                "APGR",
                .curve,
                .curve,
                values: .ratio,
                source: CatalogSource.routeLLM,
                "average performance gap recovered (RouteLLM)"
            )
        case .cpt20: share(recovering: 20)
        case .cpt50: share(recovering: 50)
        case .cpt80: share(recovering: 80)
        case .pgrAt20: recovered(at: 20)
        case .pgrAt50: recovered(at: 50)
        case .pgrAt80: recovered(at: 80)
        case .rankScore:
            up(
                "rank score",
                .point,
                .curve,
                values: .ratio,
                source: CatalogSource.vlRouterBench,
                "VL-RouterBench's rank score"
            )
        }
    }

    private func up(
        _ title: String,
        _ scope: MetricDescriptor.Scope,
        _ reading: MetricDescriptor.Reading,
        values: MetricDescriptor.Values = .share,
        source: String = CatalogSource.mmrBench,
        _ summary: String
    ) -> MetricDescriptor {
        MetricDescriptor(rawValue, title, isLargerBetter: true, scope, reading, values, source: source, summary)
    }

    private func down(
        _ title: String,
        _ scope: MetricDescriptor.Scope,
        _ reading: MetricDescriptor.Reading,
        values: MetricDescriptor.Values,
        source: String = CatalogSource.mmrBench,
        _ summary: String
    ) -> MetricDescriptor {
        MetricDescriptor(rawValue, title, isLargerBetter: false, scope, reading, values, source: source, summary)
    }

    private func cost(keeping percent: Int) -> MetricDescriptor {
        down(
            "cost at \(percent)%",
            .curve,
            .kept(share: Double(percent) / 100),
            values: .ratio,
            source: CatalogSource.routeGrid,
            "cost of the cheapest point that keeps \(percent) % of the best single model's accuracy on dev, as a share "
                + "of that model's cost"
        )
    }

    private func quality(keeping percent: Int) -> MetricDescriptor {
        up(
            "kept at \(percent)%",
            .curve,
            .kept(share: Double(percent) / 100),
            values: .ratio,
            source: CatalogSource.routeGrid,
            "what the point of cost_at_\(percent) keeps on test: its accuracy over the best single model's"
        )
    }

    private func share(recovering percent: Int) -> MetricDescriptor {
        down(
            rawValue,
            .curve,
            .crossing(share: Double(percent) / 100),
            values: .ratio,
            source: CatalogSource.routeLLM,
            "cost share at which \(percent) % of the gap between cheapest and best single model is recovered on dev"
        )
    }

    private func recovered(at percent: Int) -> MetricDescriptor {
        up(
            rawValue,
            .curve,
            .crossing(share: Double(percent) / 100),
            values: .ratio,
            source: CatalogSource.routeGrid,
            "share of the gap that is recovered on test where dev recovers \(percent) % of it"
        )
    }
}
