import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Testing

/// A small made-up table for tests that need no golden numbers.
enum TinyTable {
    static let models = ["ant", "bee", "cat"]

    /// `rows` samples of two datasets, embeddings 4 and 3 wide, every number from a fixed stream.
    static func make(rows: Int = 40, missing: [(row: Int, model: Int)] = []) -> OutcomeTable {
        var generator = Xoshiro256(seed: Digest(hashing: "tiny".utf8))
        func floats(_ columns: Int) -> Matrix<Float> {
            Matrix(
                rows: rows,
                columns: columns,
                elements: (0..<rows * columns).map { _ in Float(generator.uniform() * 2 - 1) }
            )
        }
        let (text, image) = (floats(4), floats(3))
        var quality = Matrix<Double>(repeating: 0, rows: rows, columns: 3)
        var cost = quality
        for row in 0..<rows {
            for model in 0..<3 {
                let easy = Double(text[row, model]) + 0.4 * Double(model) - 0.3 > 0
                quality[row, model] = easy ? 1 : 0
                cost[row, model] = Double(model + 1) * (1 + 0.2 * generator.uniform())
            }
        }
        for cell in missing { (quality[cell.row, cell.model], cost[cell.row, cell.model]) = (.nan, .nan) }
        let samples = (0..<rows).map { Sample(id: "s\($0)", dataset: $0 % 2 == 0 ? "even" : "odd", group: "s\($0)") }
        return OutcomeTable(models: models, samples: samples, quality: quality, cost: cost, text: text, image: image)
    }

    static func request(
        _ kind: String,
        _ parameters: [String: JSONValue] = [:],
        mode: EvaluationMode = .sound,
        modality: Modality? = .both,
        seed: Int = 0,
        table: OutcomeTable = make(),
        train: Range<Int> = 0..<24
    ) -> FitRequest {
        let known = try? RouterCatalog.configure(kind: kind, parameters: parameters)
        return FitRequest(
            router: known ?? RouterConfiguration(kind: kind, parameters: parameters),
            mode: mode,
            modality: modality,
            fusion: FusionConfiguration(kind: "mean"),
            label: LabelConfiguration(lambda: 1),
            streams: RandomStreams(seed: seed, splitIndex: 0, routerKind: kind),
            table: table,
            parts: SplitParts(
                train: Array(train),
                dev: Array(train.upperBound..<train.upperBound + 6),
                test: Array(train.upperBound + 6..<table.samples.count)
            )
        )
    }
}

/// What people get wrong gives one clear sentence.
@Suite struct RouterErrorTests {
    private func message(_ request: FitRequest, rows: [Int] = [30, 31], modality: Modality? = nil) -> String {
        do {
            _ = try RouterFitting.fit(request).output(for: rows, of: request.table, modality: modality)
            return ""
        } catch { return "\(error)" }
    }

    @Test func `an unknown kind names the nearest one`() {
        #expect(message(TinyTable.request("knm")) == "router: unknown kind \"knm\"; did you mean \"knn\"?")
    }

    @Test func `k beyond the train part names both numbers`() {
        #expect(
            message(TinyTable.request("knn", ["k": 25]))
                == "router knn: parameter \"k\": 25 neighbours, but the train part has 24 rows: expected 1…24"
        )
        #expect(message(TinyTable.request("knn", ["k": 24])) == "")
    }

    @Test func `more clusters than train rows are refused`() {
        #expect(message(TinyTable.request("kmeans", ["clusters": 30])).contains("the train part has 24 rows"))
    }

    @Test(arguments: [("linear", "l2"), ("linearmf", "alpha")])
    func `a penalty lost in rounding names its own router and parameter`(_ kind: String, _ parameter: String) {
        var generator = Xoshiro256(seed: Digest(hashing: "wide".utf8))
        var table = TinyTable.make()
        // Far more features than train rows.
        table.text = Matrix(
            rows: 40,
            columns: 60,
            elements: (0..<40 * 60).map { _ in Float(generator.uniform() * 2 - 1) }
        )
        let request = TinyTable.request(kind, [parameter: 1e-20], modality: .text, table: table)
        #expect(message(request).contains("router \(kind): parameter \"\(parameter)\": 1e-20 is too small"))
    }

    @Test func `an empty train part is refused`() {
        #expect(message(TinyTable.request("linear", train: 0..<0)).contains("train part is empty"))
    }

    @Test func `an absent embedding is refused`() {
        var table = TinyTable.make()
        table.image = nil
        #expect(message(TinyTable.request("linear", table: table)).contains("no image embedding"))
        #expect(message(TinyTable.request("linear", modality: .text, table: table)) == "")
    }

    @Test func `widths that differ between train and test are one clear error in compat`() {
        let request = TinyTable.request("linear", mode: .compat, modality: .text)
        #expect(
            message(request, modality: .image).contains("trained on text with 4 features, predicts from image with 3")
        )
    }

    @Test func `a fixed model must be in the pool`() {
        #expect(message(TinyTable.request("fixed", ["model": "cta"])).contains("did you mean \"cat\"?"))
    }
}
