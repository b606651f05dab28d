import ArgumentParser
import Foundation
import RouteGridBase
import RoutingData

/// Looks into dataset folders, and makes others of them.
struct DataVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Shows, checks, exports and merges dataset folders.",
        discussion: """
            Examples:
              routegrid data show jobs/data/mathvision15
              routegrid data check jobs/data/mathvision15
            """,
        subcommands: [DataShow.self, DataCheck.self, DataExport.self, DataMerge.self]
    )
}

/// `routegrid data show`.
struct DataShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a dataset's models, what an oracle could reach, and its tensors with their digests.",
        discussion: """
            Example:
              routegrid data show jobs/data/mathvision15 --output json
            """
    )

    @Argument(help: ArgumentHelp("A dataset folder.", valueName: "dir"))
    var folder: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let dataset = try Dataset.load(folder: folder)
        let summary = PoolSummary(of: dataset)
        output.console.emit(document(dataset, summary), table: page(dataset, summary))
    }

    private func document(_ dataset: Dataset, _ summary: PoolSummary) -> JSONValue {
        .object([
            "schema": "routegrid/data/v1", "description": dataset.json, "samples": JSONValue(dataset.samples.count),
            "sha256": .string(dataset.contentDigest.hex),
            "samples_digest": .string(SampleList.digest(of: dataset.samples.map(\.sample)).hex),
            "models": .array(summary.models.map(\.json)),
            "best_single": .string(summary.bestSingle), "cheapest": .string(summary.cheapest),
            "oracle": [
                "accuracy": .double(summary.oracleAccuracy),
                "mean_cost": summary.oracleCost.isNaN ? .null : .double(summary.oracleCost),
            ],
            "tensors": .array(
                tensors(dataset).map { tensor in
                    [
                        "name": .string(tensor.name), "dtype": .string(tensor.dtype),
                        "shape": .array([JSONValue(tensor.rows), JSONValue(tensor.columns)]),
                        "sha256": .string(tensor.digest),
                    ]
                }
            ),
        ])
    }

    private func page(_ dataset: Dataset, _ summary: PoolSummary) -> String {
        let bold = output.console.colorsData
        var models = TextTable("model", ">accuracy", ">mean cost", ">missing")
        for model in summary.models {
            models.add(model.name, share(model.accuracy), amount(model.meanCost), String(model.missing))
        }
        models.add("oracle", share(summary.oracleAccuracy), amount(summary.oracleCost), "")
        var table = TextTable("tensor", "dtype", ">shape", "sha256")
        for tensor in tensors(dataset) {
            table.add(tensor.name, tensor.dtype, "\(tensor.rows) × \(tensor.columns)", String(tensor.digest.prefix(16)))
        }
        return """
            \(ValidationReport(of: dataset).text)groups are: \(dataset.groups)
            licence: \(dataset.licence)
            provenance: \(dataset.provenance)
            sha256: \(dataset.contentDigest)

            \(models.rendered(bold: bold))
            best single: \(summary.bestSingle); cheapest: \(summary.cheapest.isEmpty ? "–" : summary.cheapest)

            \(table.rendered(bold: bold))
            """
    }

    private struct Tensor {
        var name: String
        var dtype: String
        var rows: Int
        var columns: Int
        var digest: String
    }

    private func tensors(_ dataset: Dataset) -> [Tensor] {
        let (rows, models) = (dataset.samples.count, dataset.models.count)
        return dataset.tensorDigests.sorted { $0.key < $1.key }.map { name, digest in
            let embedding =
                dataset.text.first { "text.\($0.key)" == name } ?? dataset.image.first { "image.\($0.key)" == name }
            return Tensor(
                name: name,
                dtype: embedding == nil ? "F64" : "F32",
                rows: rows,
                columns: embedding?.value.columns ?? models,
                digest: digest.hex
            )
        }
    }

    private func share(_ value: Double) -> String { String(format: "%.4f", value) }

    private func amount(_ value: Double) -> String { value.isNaN ? "–" : String(format: "%.6g", value) }
}
