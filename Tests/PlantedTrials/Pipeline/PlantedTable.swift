import Foundation
package import RouteGridBase
package import RoutingData

/// Outcomes drawn from chances that are known, row by row, as a dataset.
package struct PlantedTable: Sendable {
    package static let name = "planted"

    package let models: [String]
    private var samples: [Sample] = []
    private var quality: [Double] = []
    private var cost: [Double] = []
    private var text: [Float] = []

    /// - Parameter count: of models, named `m000`, `m001`, ….
    package init(models count: Int) { models = (0..<count).map(Self.model) }

    /// The name of a model by its number.
    package static func model(_ number: Int) -> String { "m" + String(String(1_000 + number).dropFirst()) }

    /// Adds a row.
    ///
    /// - Parameters:
    ///   - id: of the sample.
    ///   - dataset: what a held-out split tells train and test by.
    ///   - prompt: what rows of one prompt have in common.
    ///   - quality: one a model, 0…1 or NaN.
    ///   - cost: one a model, NaN where `quality` is.
    ///   - text: the embedding, equally wide in all rows; absent: the row's number, since rows of one input are twins.
    package mutating func add(
        _ id: String,
        dataset: String = "d",
        prompt: String? = nil,
        quality: [Double],
        cost: [Double],
        text: [Float]? = nil
    ) {
        samples.append(Sample(id: id, dataset: dataset, group: prompt ?? id))
        self.quality += quality
        self.cost += cost
        self.text += text ?? [Float(samples.count)]
    }

    package var rowCount: Int { samples.count }

    package var dataset: Dataset {
        func matrix<Scalar>(_ elements: [Scalar]) -> Matrix<Scalar> {
            Matrix(rows: samples.count, columns: elements.count / max(samples.count, 1), elements: elements)
        }
        return Dataset(
            name: Self.name,
            models: models,
            costUnit: "USD",
            groups: "prompt",
            provenance: "planted",
            licence: "none",
            samples: samples.map { DatasetSample(sample: $0) },
            quality: matrix(quality),
            cost: matrix(cost),
            text: ["default": matrix(text)]
        )
    }
}

extension Xoshiro256 {
    /// The generator of one table of a trial.
    package init(trial: String, seed: Int, table: Int) {
        self.init(seed: HashedText.digest(["planted trial", trial, String(seed), String(table)]))
    }

    /// 1 with this chance, else 0.
    package mutating func outcome(_ chance: Double) -> Double { uniform() < chance ? 1 : 0 }

    /// A standard normal number (Box and Muller 1958).
    package mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    /// An embedding without a meaning.
    package mutating func noise(_ width: Int) -> [Float] { (0..<width).map { _ in Float(normal()) } }
}
