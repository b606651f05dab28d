import Catalog
import RouteGridBase
import RoutingData
import Testing

@testable import RoutingCore

/// What holds for routers whatever the numbers.
@Suite struct RouterBehaviourTests {
    private static let predicting = ["knn", "kmeans", "kmeansnew", "linear", "linearmf", "mlp", "mlpmf", "cmr"]

    private func predictions(
        _ request: FitRequest,
        _ rows: [Int] = Array(24..<40),
        modality: Modality? = nil
    ) throws -> (quality: Matrix<Double>, cost: Matrix<Double>)? {
        let output = try RouterFitting.fit(request).output(for: rows, of: request.table, modality: modality)
        guard case .predictions(let quality, let cost) = output else { return nil }
        return (quality, cost)
    }

    private func parameters(_ kind: String) -> [String: JSONValue] {
        switch kind {
        case "knn": ["k": 5]
        case "kmeans", "kmeansnew": ["clusters": 3]
        case "mlp", "mlpmf": ["hidden": [8], "epochs": 3]
        case "mlp-soft": ["hidden": [8], "epochs": 3]
        case "cmr": ["width": 8, "heads": 2, "feedforward": 16, "epochs": 3]
        case "linearmf": ["rank": 2]
        default: [:]
        }
    }

    @Test(arguments: predicting)
    func `the same request gives the same bits`(_ kind: String) throws {
        let request = TinyTable.request(kind, parameters(kind))
        let first = try #require(try predictions(request))
        let second = try #require(try predictions(request))
        #expect(first.quality == second.quality && first.cost == second.cost)
    }

    @Test(arguments: ["kmeans", "mlp", "mlpmf", "cmr"])
    func `another seed gives other bits`(_ kind: String) throws {
        let first = try #require(try predictions(TinyTable.request(kind, parameters(kind))))
        let second = try #require(try predictions(TinyTable.request(kind, parameters(kind), seed: 1)))
        #expect(first.quality != second.quality)
    }

    private static let scoring = [
        "knn-label", "prknn", "prototype", "ovr", "softmax", "mlp-soft", "cosinecls-frozen", "routerdc-frozen",
        "zooter-frozen", "vlc-frozen",
    ]

    @Test(arguments: FusionCatalog.descriptors.map(\.kind))
    func `the catalog gives the width of a fused vector`(_ kind: String) throws {
        var request = TinyTable.request("linear")
        request.fusion = try FusionCatalog.configure(kind: kind)
        let width = try FeatureMap(request).width
        #expect(FusionCatalog.width(of: kind, text: 4, image: 3) == width)
    }

    @Test func `every router of the catalog is fitted`() {
        #expect(Set(RouterFitting.kinds).isSuperset(of: RouterCatalog.descriptors.map(\.kind)))
    }

    @Test(arguments: scoring)
    func `scoring routers are deterministic, finite and blind to test outcomes`(_ kind: String) throws {
        let request = TinyTable.request(kind, parameters(kind), table: TinyTable.make(missing: [(2, 1), (3, 0)]))
        func scores(_ request: FitRequest) throws -> Matrix<Double>? {
            guard
                case .scores(let scores) = try RouterFitting.fit(request)
                    .output(for: Array(30..<40), of: request.table, modality: .text)
            else { return nil }
            return scores
        }
        let first = try #require(try scores(request))
        var blind = request
        for row in 30..<40 {
            for model in 0..<3 { (blind.table.quality[row, model], blind.table.cost[row, model]) = (.nan, .nan) }
        }
        let isFinite = first.elements.allSatisfy { $0.isFinite }
        #expect(isFinite)
        let second = try scores(blind)
        #expect(first == second)
    }

    @Test(arguments: predicting)
    func `test outcomes are never read in sound mode`(_ kind: String) throws {
        let request = TinyTable.request(kind, parameters(kind))
        let before = try #require(try predictions(request))
        var blind = request
        for row in 24..<40 {
            for model in 0..<3 { (blind.table.quality[row, model], blind.table.cost[row, model]) = (.nan, .nan) }
        }
        let after = try #require(try predictions(blind))
        #expect(before.quality == after.quality && before.cost == after.cost)
    }

    @Test(arguments: predicting)
    func `a missing train outcome leaves finite predictions`(_ kind: String) throws {
        var missing = (0..<5).map { (row: $0, model: 1) }
        missing += (0..<40).map { (row: $0, model: 2) }
        let request = TinyTable.request(kind, parameters(kind), table: TinyTable.make(missing: missing))
        let found = try #require(try predictions(request))
        #expect(found.quality.elements.allSatisfy(\.isFinite) && found.cost.elements.allSatisfy(\.isFinite))
        let dearest = (0..<16).allSatisfy { found.cost[$0, 2] > 1 && found.quality[$0, 2] == 0 }
        #expect(dearest, "a model never measured is predicted worthless and dear")
    }

    @Test func `masks leave complete models as they are`() throws {
        let full = TinyTable.request("linear")
        let holed = TinyTable.request("linear", table: TinyTable.make(missing: [(0, 1), (7, 1)]))
        let before = try #require(try predictions(full))
        let after = try #require(try predictions(holed))
        for row in 0..<16 {
            #expect(abs(before.quality[row, 0] - after.quality[row, 0]) < 1e-9)
            #expect(abs(before.quality[row, 2] - after.quality[row, 2]) < 1e-9)
        }
        #expect(before.quality.columns([1]) != after.quality.columns([1]))
    }

    @Test func `text alone is a zero image to a router trained on both`() throws {
        var request = TinyTable.request("linear")
        let asked = try #require(try predictions(request, modality: .text))
        let router = try RouterFitting.fit(request)
        request.table.image = Matrix(repeating: 0, rows: 40, columns: 3)
        guard
            case .predictions(let quality, _) = try router.output(for: Array(24..<40), of: request.table, modality: nil)
        else {
            Issue.record("no predictions")
            return
        }
        #expect(asked.quality == quality)
    }

    @Test func `exact neighbours equal brute force, ties to the lower row`() throws {
        var table = TinyTable.make()
        // Rows 1…5 are copies of row 0: all tie.
        let first = Array(table.text?.row(0) ?? [])
        for row in 1...5 { table.text?.elements.replaceSubrange(row * 4..<row * 4 + 4, with: first) }
        for metric in ["cosine", "euclidean"] {
            let request = TinyTable.request("knn", ["k": 3, "metric": .string(metric)], modality: .text, table: table)
            let found = try #require(try predictions(request, [0]))
            for model in 0..<3 {
                let expected = (0..<3).reduce(0) { $0 + table.quality[$1, model] } / 3
                #expect(found.quality[0, model] == expected)
            }
        }
    }

    @Test func `a planted linear relation is found exactly`() throws {
        var table = TinyTable.make()
        for row in 0..<40 {
            let text = table.text.map { Array($0.row(row)).map(Double.init) } ?? []
            table.quality[row, 0] = 0.5 + 0.25 * text[0] - 0.1 * text[3]
        }
        let found = try #require(try predictions(TinyTable.request("linear", modality: .text, table: table)))
        for row in 0..<16 { #expect(abs(found.quality[row, 0] - table.quality[24 + row, 0]) < 1e-12) }
    }

    @Test func `random mix spans the hull from cheapest to strongest`() throws {
        let request = TinyTable.request("random-mix", ["points": 5])
        guard
            case .policies(let policies) = try RouterFitting.fit(request)
                .output(for: Array(24..<40), of: request.table, modality: nil)
        else {
            Issue.record("no policies")
            return
        }
        #expect(policies.count == 5)
        #expect(Set(policies[0]) == [0])
        #expect(Set(policies[4]).count == 1)
    }

    @Test func `numpy's default generator is drawn as numpy draws`() throws {
        var request = TinyTable.request("random", ["trials": 2], mode: .compat)
        request.table = OutcomeTable(
            models: (0..<10).map { "m\($0)" },
            samples: request.table.samples,
            quality: Matrix(repeating: 1, rows: 40, columns: 10),
            cost: Matrix(repeating: 1, rows: 40, columns: 10)
        )
        guard
            case .policies(let policies) = try RouterFitting.fit(request)
                .output(for: Array(0..<10), of: request.table, modality: nil)
        else {
            Issue.record("no policies")
            return
        }
        // numpy 2: default_rng(42).integers(0, 10, 10), twice.
        #expect(policies == [[0, 7, 6, 4, 4, 8, 0, 6, 2, 0], [5, 9, 7, 7, 7, 7, 5, 1, 8, 4]])
    }
}
