import Grid
import RouteGridBase
import RouterCatalog
import RoutingData
import TestSupport
import Testing

struct PriceSheetTests {
    private static let grid = "datasets: {one: one}\nrouters: [{kind: knn, k: 2}, oracle]\n"

    private static func resolve(_ sheet: String, tokens: Bool = true) throws -> ResolvedGrid {
        let (folder, path) = try DatasetFixture.folder([DatasetFixture.dataset("one", tokens: tokens)])
        try folder.write(sheet, to: "sheet.json")
        let file = try GridFile(yaml: grid + "prices: {sheet: sheet.json}", path: path)
        return try GridResolver.resolve(file, numerics: DatasetFixture.numerics)
    }

    private static func sheet(a: Double, date: String = "2026-11-01", c: String = "c") -> String {
        """
        {"schema": "routegrid/prices/v1", "unit": "USD", "date": "\(date)", "models":
         {"a": {"in": \(a), "out": 2}, "b": {"in": 1, "out": 3, "request": 0.5}, "\(c)": {"in": 0, "out": 0}, "z": {"in": 9, "out": 9}}}
        """
    }

    @Test func `a new price changes the keys of evaluations, and of fits that train on cost`() throws {
        let (old, new) = (try Self.resolve(Self.sheet(a: 1)).lock, try Self.resolve(Self.sheet(a: 2)).lock)
        #expect(old.fitKey(ofGroup: 0) != new.fitKey(ofGroup: 0))
        #expect(old.fitKey(ofGroup: 1) == new.fitKey(ofGroup: 1))
        #expect(old.jobs(ofGroup: 1)[0].jobKey != new.jobs(ofGroup: 1)[0].jobKey)
    }

    @Test func `the date, and prices of models outside the pool, are in no key`() throws {
        let old = try Self.resolve(Self.sheet(a: 1)).lock
        let new = try Self.resolve(Self.sheet(a: 1, date: "2026-12-01")).lock
        #expect(old.jobs(ofGroup: 0) == new.jobs(ofGroup: 0))
        #expect(new.labels(ofGroup: 0)["prices"] == "sheet.json (2026-12-01)")
    }

    @Test func `costs are tokens times prices`() throws {
        let grid = try Self.resolve(Self.sheet(a: 1))
        guard case .prices(let tokensIn, let tokensOut, let prices) = grid.lock.contents.axes.tables[0].cost else {
            Issue.record("expected priced costs")
            return
        }
        func tokens(_ digest: Digest) throws -> Matrix<Double> {
            try TensorBlob.decodeDoubles(try #require(grid.blobs[digest]).bytes(), place: "tokens")
        }
        let (input, output) = (try tokens(tokensIn), try tokens(tokensOut))
        let rows = try #require(grid.blobs[prices]).bytes()
        let cost = try PricedCost.matrix(tokensIn: input, tokensOut: output, prices: rows, models: ["a", "b", "c"])
        #expect(cost[3, 0] == input[3, 0] * 1e-6 + output[3, 0] * 2e-6)
        #expect(cost[3, 1] == input[3, 1] * 1e-6 + output[3, 1] * 3e-6 + 0.5)
        #expect(cost[3, 2] == 0)
    }

    @Test func `a model without a price, or a dataset without tokens, is an error`() throws {
        func message(_ body: () throws -> ResolvedGrid) -> String {
            do {
                _ = try body()
                return "no error"
            } catch { return "\(error)" }
        }
        let missing = message { try Self.resolve(Self.sheet(a: 1, c: "cc")) }
        #expect(missing.hasSuffix("sheet.json: no price for model \"c\" of dataset one; did you mean \"a\"?"))
        let tokens = message { try Self.resolve(Self.sheet(a: 1), tokens: false) }
        #expect(tokens.hasSuffix("sheet.json: dataset one has no token counts: its costs cannot be made from prices"))
    }
}
