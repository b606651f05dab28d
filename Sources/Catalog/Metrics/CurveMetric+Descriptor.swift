extension CurveMetric {
    /// What grids and boards know about the metric.
    package var descriptor: MetricDescriptor {
        switch self {
        case .accuracy:
            up("accuracy", .point, CatalogSource.mmrBench, "at the largest budget; missing items count as wrong")
        case .meanCost:
            down(
                "mean cost",
                .point,
                CatalogSource.mmrBench,
                "of a query at the largest budget; $/1K: of a thousand queries, where costs are in USD"
            )
        case .naucOwn:
            up(
                "nAUC own",
                .ownRange,
                CatalogSource.mmrBench,
                "area under accuracy over cost, on the router's own cost range: rows of different ranges do not compare"
            )
        case .naucShared:
            up(
                "nAUC shared",
                .curve,
                CatalogSource.routeGrid,
                "area under accuracy over cost, on the cost range of the pool: the same range for every router"
            )
        case .ps:
            up(
                "Ps",
                .curve,
                CatalogSource.mmrBench,
                "peak score: accuracy at the operating point that was best on dev; in compat the highest of the curve"
            )
        case .qnc:
            down(
                "QNC",
                .board,
                CatalogSource.mmrBench,
                "quality-neutral cost: cost of the cheapest point that reaches the best single model on dev, or else "
                    + "of the best point there, as a share of that model's cost; in mode sound only where test shows "
                    + "that the point is not worse than that model; – otherwise"
            )
        case .qncGap:
            up(
                "QNC gap",
                .curve,
                CatalogSource.routeGrid,
                "accuracy of the point of QNC on test less the best single model's"
            )
        case .qncCost:
            down(
                "QNC cost",
                .beside,
                CatalogSource.routeGrid,
                "cost share of the point of QNC, whether or not it is shown to keep the quality"
            )
        case .costAt95: cost(keeping: "95")
        case .costAt98: cost(keeping: "98")
        case .costAt100: cost(keeping: "100")
        case .qualityAt95: quality(keeping: "95")
        case .qualityAt98: quality(keeping: "98")
        case .qualityAt100: quality(keeping: "100")
        case .regret:
            down("regret", .point, CatalogSource.routeGrid, "accuracy of the oracle less this one")
        case .gain:
            up("gain", .curve, CatalogSource.routeGrid, "Ps less the best single model's accuracy")
        case .apgr:
            up("APGR", .curve, CatalogSource.routeLLM, "average performance gap recovered (RouteLLM)")
        case .cpt20: share(recovering: "20")
        case .cpt50: share(recovering: "50")
        case .cpt80: share(recovering: "80")
        case .pgrAt20: recovered(at: "20")
        case .pgrAt50: recovered(at: "50")
        case .pgrAt80: recovered(at: "80")
        case .rankScore:
            up("rank score", .point, CatalogSource.vlRouterBench, "VL-RouterBench's rank score")
        }
    }

    private func up(
        _ title: String,
        _ scope: MetricDescriptor.Scope,
        _ source: String,
        _ summary: String
    ) -> MetricDescriptor {
        MetricDescriptor(rawValue, title, isLargerBetter: true, scope: scope, source: source, summary)
    }

    private func down(
        _ title: String,
        _ scope: MetricDescriptor.Scope,
        _ source: String,
        _ summary: String
    ) -> MetricDescriptor {
        MetricDescriptor(rawValue, title, isLargerBetter: false, scope: scope, source: source, summary)
    }

    private func cost(keeping share: String) -> MetricDescriptor {
        down(
            "cost at \(share)%",
            .curve,
            CatalogSource.routeGrid,
            "cost of the cheapest point that keeps \(share) % of the best single model's accuracy on dev, as a share "
                + "of that model's cost"
        )
    }

    private func quality(keeping share: String) -> MetricDescriptor {
        up(
            "kept at \(share)%",
            .curve,
            CatalogSource.routeGrid,
            "what the point of cost_at_\(share) keeps on test: its accuracy over the best single model's"
        )
    }

    private func share(recovering share: String) -> MetricDescriptor {
        down(
            rawValue,
            .curve,
            CatalogSource.routeLLM,
            "cost share at which \(share) % of the gap between cheapest and best single model is recovered on dev"
        )
    }

    private func recovered(at share: String) -> MetricDescriptor {
        up(
            rawValue,
            .curve,
            CatalogSource.routeGrid,
            "share of the gap that is recovered on test where dev recovers \(share) % of it"
        )
    }
}
