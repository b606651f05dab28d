import Catalog
import RouteGridBase
import RoutingCore
import RoutingData

/// A quick look at what routing gains on a dataset: how much of the gap between the best single model and the oracle
/// `knn` closes, without regard to costs.
///
/// A hint before any board: five random splits, 70 % of the groups to train on, and no interval.
struct RoutingGain {
    static let splits = 5

    /// The embedding that is read, such as `text.minilm`.
    let embedding: String
    /// Mean accuracy over the splits: of the model that is best on train, of `knn`, of the oracle.
    private(set) var single = 0.0
    private(set) var knn = 0.0
    private(set) var oracle = 0.0
    /// The share of the gap in each split: 0 is the best single model, 1 the oracle; empty without a gap.
    private(set) var shares: [Double] = []

    /// Nil for a dataset without embeddings, or of too few samples to split.
    ///
    /// - Throws: what fitting throws.
    init?(of dataset: Dataset) throws {
        let (text, image) = (dataset.text.keys.min(), dataset.image.keys.min())
        guard text != nil || image != nil else { return nil }
        embedding = text.map { "text.\($0)" } ?? "image.\(image ?? "")"
        var priced = dataset
        if priced.cost == nil {
            let free = dataset.quality.elements.map { $0.isNaN ? Double.nan : 0 }
            priced.cost = Matrix(rows: dataset.quality.rows, columns: dataset.quality.columns, elements: free)
        }
        let table = try priced.table(text: text, image: text == nil ? image : nil)
        for seed in 1...Self.splits {
            let kind = Split.Kind.random(train: 0.7, dev: 0, test: 0.3, groupBy: .prompt)
            guard let parts = try? Split(kind: kind, seed: seed).parts(of: table.samples) else { return nil }
            try add(table, parts, reads: text == nil ? .image : .text, seed: seed)
        }
    }

    private mutating func add(_ table: OutcomeTable, _ parts: SplitParts, reads modality: Modality, seed: Int) throws {
        let fitted = try FittedExperiment(
            fitting: FitRequest(
                router: RouterCatalog.configure(
                    kind: "knn",
                    parameters: ["k": JSONValue(min(50, parts.train.count))]
                ),
                mode: .sound,
                modality: modality,
                fusion: FusionCatalog.configure(kind: "mean"),
                streams: RandomStreams(seed: seed, splitIndex: 0, routerKind: "knn"),
                table: table,
                parts: parts
            )
        )
        let quality = table.quality
        func right(_ row: Int, _ model: Int) -> Double { quality[row, model].isNaN ? 0 : quality[row, model] }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let best = table.models.indices.max { left, right in
            mean(parts.train.map { quality[$0, left].isNaN ? 0 : quality[$0, left] })
                < mean(parts.train.map { quality[$0, right].isNaN ? 0 : quality[$0, right] })
        }
        let choices = try fitted.route(parts.test, modality: modality)
        let accuracies = (
            single: mean(parts.test.map { right($0, best ?? 0) }),
            knn: mean(zip(parts.test, choices).map(right)),
            oracle: mean(parts.test.map { row in table.models.indices.map { right(row, $0) }.max() ?? 0 })
        )
        single += accuracies.single / Double(Self.splits)
        knn += accuracies.knn / Double(Self.splits)
        oracle += accuracies.oracle / Double(Self.splits)
        let gap = accuracies.oracle - accuracies.single
        if gap > 0 { shares.append((accuracies.knn - accuracies.single) / gap) }
    }

    var json: JSONValue {
        [
            "router": "knn", "embedding": .string(embedding), "splits": JSONValue(Self.splits),
            "single": .double(single), "accuracy": .double(knn), "oracle": .double(oracle),
            "gap_closed": .array(shares.map { .double($0) }),
        ]
    }

    /// One sentence.
    var text: String {
        func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }
        guard let least = shares.min(), let most = shares.max() else {
            return "quick look: the best single model is right wherever any model is: nothing to route\n"
        }
        let mean = shares.reduce(0, +) / Double(shares.count)
        return "quick look: knn on \(embedding) closes \(percent(mean)) of the gap to the oracle (\(percent(least)) to "
            + "\(percent(most)) over \(shares.count) random splits, costs aside)\n"
    }
}
