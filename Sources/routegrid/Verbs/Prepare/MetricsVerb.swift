import ArgumentParser
import Catalog
import RouteGridBase

/// Prints the metrics of records and boards.
struct MetricsVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Lists the metrics of records and boards, or all about one of them.",
        discussion: """
            Examples:
              routegrid metrics
              routegrid metrics qnc
              routegrid metrics --output json
            """
    )

    @Argument(help: "One metric; all of them when absent.")
    var name: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let all = MetricDescriptor.all
        let chosen = try name.map { name throws(RouteGridError) in
            guard let metric = MetricDescriptor.named(name) else {
                throw .badInput("metrics", "unknown metric \"\(name)\"\(NearestName.hint(name, in: all.map(\.name)))")
            }
            return entry(metric)
        }
        CatalogPage.emit(all.map(entry), of: "metric", chosen: chosen, on: output.console)
    }

    private func entry(_ metric: MetricDescriptor) -> CatalogPage.Entry {
        let use =
            switch metric.scope {
            case .point: "every record has a value; `select` may choose by it"
            case .curve: "records of budget exact have a value; `select` may choose by it"
            case .ownRange: "values of two routers do not compare: `select` refuses it"
            case .board: "on boards alone, where their statistics allow it: `select` refuses it"
            case .beside: "stands beside a quality: `select` refuses it"
            }
        return CatalogPage.Entry(
            name: metric.name,
            summary: metric.summary,
            source: metric.source,
            parameters: nil,
            json: metric.json,
            facts: """
                column: \(metric.title)
                better: \(metric.isLargerBetter ? "larger" : "smaller")
                where: \(use)

                """,
            brief: String(metric.summary.prefix { $0 != ";" })
        )
    }
}
