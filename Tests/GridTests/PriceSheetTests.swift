import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import TestSupport
import Testing

struct PriceSheetTests {
    private static let grid = "datasets: {one: one}\nrouters: [{kind: knn, k: 2}, oracle]\n"

    private static func resolve(_ sheet: String, tokens: Bool = true) throws -> ResolvedGrid {
        try PriceFixture.resolve(grid + "prices: {sheet: sheet.json}", sheets: ["sheet.json": sheet], tokens: tokens)
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

    // MARK: Numbers

    /// A sheet of which the row of `b` is given.
    private static func sheet(b row: String) -> String {
        """
        {"schema": "routegrid/prices/v1", "unit": "USD", "date": "2026-11-01", "models":
         {"a": {"in": 1, "out": 2}, "b": \(row), "c": {"in": 0, "out": 0}}}
        """
    }

    private static func problems(_ sheet: String) -> [String] {
        PriceFixture.problems { try resolve(sheet) }
    }

    @Test(arguments: [
        "\"0,005\"", "\"$0.005\"", "\" 0.005\"", "\"0.005 \"", "\"free\"", "true", "false", "[0.005]", "{\"a\": 1}",
        "\"inf\"",
        "\"Infinity\"", "\"1e400\"", "\"0x10\"", "\"nan\"", "\"-1\"", "\"+1\"", "-1", "\"\"", "null", "\"1e-3\"",
        "\"1_000\"", "1e7",
        "\".5\"", "\"5.\"", "\"1.2.3\"", "\"٣\"", "1e-20", "\"0.00000000000000001\"", "-9223372036854775808", "1e308",
    ])
    func `a price that is no plain number is refused with file, model and field`(value: String) {
        for field in ["in", "out", "request"] {
            let others = ["in", "out", "request"].filter { $0 != field }.map { "\"\($0)\": 1" }.joined(separator: ", ")
            let found = Self.problems(Self.sheet(b: "{\"\(field)\": \(value), \(others)}"))
            #expect(found.count == 1, "\(field) \(value)")
            #expect(
                found.first?.contains("sheet.json: models.b.\(field): expected a number of USD") == true,
                "\(found)"
            )
        }
    }

    @Test(arguments: ["1e400", "-1e400", "1e-400"])
    func `a price beyond doubles is refused with its line and field`(value: String) {
        let found = Self.problems(Self.sheet(b: "{\"in\": 1, \"out\": 1, \"request\": \(value)}"))
        #expect(found.first?.contains("sheet.json: not JSON at byte") == true, "\(found)")
        #expect(found.first?.hasSuffix("(line 2, in models.b.request)") == true, "\(found)")
    }

    @Test func `all rows that are wrong are named at once`() {
        let rows = "{\"in\": \"x\", \"outt\": 1}"
        let found = Self.problems(Self.sheet(b: rows).replacingOccurrences(of: "\"in\": 0,", with: "\"in\": -1,"))
        #expect(found.contains { $0.hasSuffix("models.b: unknown member \"outt\"; did you mean \"out\"?") }, "\(found)")
        #expect(found.contains { $0.hasSuffix("models.b: \"out\" is missing") })
        #expect(
            found.contains {
                $0.contains("models.b.in: expected a number of USD per million tokens, 0, or 0.0001 to 1000000")
            }
        )
        #expect(found.contains { $0.contains("models.c.in: ") && $0.hasSuffix("found -1") })
        #expect(Self.problems(Self.sheet(b: "[1, 2]")).first?.contains("models.b: expected an object") == true)
        // A price of one token in place of a million.
        #expect(Self.problems(Self.sheet(b: "{\"in\": 1.25e-06, \"out\": 1e-05}")).count == 2)
    }

    /// Thousands of texts made of the characters of numbers: each is read as what it says, or refused.
    @Test func `random texts are read as they are written or refused`() throws {
        var generator = Xoshiro256(seed: Digest(hashing: "price texts".utf8))
        let alphabet = Array("0123456789..,-+e $x_\t")
        var accepted = 0
        let data = DatasetFixture.dataset("one", tokens: true)
        let (folder, path) = try DatasetFixture.folder([data])
        let file = try GridFile(yaml: Self.grid + "prices: {sheet: sheet.json}", path: path)
        for _ in 0..<2_000 {
            let text = String((0..<1 + generator.below(6)).map { _ in alphabet[generator.below(alphabet.count)] })
            let json = JSONValue.string(text).jsonText
            try folder.write(Self.sheet(b: "{\"in\": 1, \"out\": 1, \"request\": \(json)}"), to: "sheet.json")
            let isPlain = text.wholeMatch(of: #/[0-9]+(\.[0-9]+)?/#) != nil
            let value = isPlain ? Double(text) ?? -1 : -1
            let isGood = value == 0 || value >= 1e-9 && value <= 1e6
            do {
                let grid = try GridResolver.resolve(file, numerics: DatasetFixture.numerics)
                guard case .prices(_, _, let prices) = grid.lock.contents.axes.tables[0].cost else { continue }
                let rows = try JSONValue(parsing: try #require(grid.blobs[prices]).bytes(), place: "prices")
                #expect(isGood && rows["models"]?["b"]?["request"]?.numberValue == value, "\(text)")
                accepted += 1
            } catch let error as RouteGridError {
                #expect(!isGood && error.message.contains("models.b.request"), "\(text): \(error)")
            }
        }
        #expect(accepted > 50)
    }

    // MARK: Token counts

    private static func resolved(_ data: Dataset, sheet: String = sheet(a: 1)) throws -> ResolvedGrid {
        let (folder, path) = try DatasetFixture.folder([data])
        try folder.write(sheet, to: "sheet.json")
        let file = try GridFile(yaml: grid + "prices: {sheet: sheet.json}", path: path)
        return try GridResolver.resolve(file, numerics: DatasetFixture.numerics)
    }

    private static func message(_ data: Dataset, sheet: String = sheet(a: 1)) -> String {
        do {
            _ = try resolved(data, sheet: sheet)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `an outcome without its tokens is an error of the data and never a missing outcome`() throws {
        var data = DatasetFixture.dataset("one", tokens: true)
        for row in 5..<8 { data.tokensIn?[row, 1] = .nan }
        let some = Self.message(data)
        #expect(
            some.contains("tensors.safetensors: dataset one, model \"b\": no token counts for 3 of its 20 outcomes")
        )
        #expect(some.contains("first row 6 (sample \"one-5\")"), "\(some)")
        for row in 0..<20 { data.tokensOut?[row, 0] = .nan }
        let whole = Self.message(data)
        #expect(whole.contains("model \"a\": no token counts for 20 of its 20 outcomes, first row 1"), "\(whole)")
        #expect(whole.contains("model \"b\": no token counts for 3"), "\(whole)")
    }

    @Test func `tokens of a missing outcome are not billed`() throws {
        var data = DatasetFixture.dataset("one", tokens: true)
        data.quality[3, 1] = .nan
        data.cost?[3, 1] = .nan
        let with = try Self.resolved(data).lock.contents.axes.tables[0].cost
        data.tokensIn?[3, 1] = .nan
        data.tokensOut?[3, 1] = .nan
        #expect(try Self.resolved(data).lock.contents.axes.tables[0].cost == with)
    }

    @Test func `right answers without usage are known to the plan and the lock, and to no key`() throws {
        let plain = DatasetFixture.dataset("one", tokens: true)
        #expect(try Self.resolved(plain).warnings.isEmpty)
        var data = plain
        for row in 0..<4 {
            data.tokensIn?[row, 2] = 0
            data.tokensOut?[row, 2] = 0
            data.quality[row, 2] = row < 3 ? 1 : 0
        }
        let grid = try Self.resolved(data)
        let lock = grid.lock
        #expect(grid.warnings.count == 1)
        #expect(grid.warnings.first?.hasPrefix("dataset one: zero usage: right answers that took 0 tokens") == true)
        #expect(grid.warnings.first?.contains(": c 3;") == true, "\(grid.warnings)")
        let read = try GridLock(parsing: lock.bytes, place: "lock")
        #expect(read.contents.axes.tables[0].facts == [.zeroUsage] && read.bytes == lock.bytes)
    }

    @Test func `costs that the data give and that no price makes of their tokens are flagged`() throws {
        var data = DatasetFixture.dataset("one", tokens: true)
        let (tokensIn, tokensOut) = (try #require(data.tokensIn), try #require(data.tokensOut))
        data.costUnit = "USD"
        // The prices of the sheet: a is 1 and 2, b 1 and 3 with 0.5 a request, c nothing.
        for row in data.samples.indices {
            data.cost?[row, 0] = tokensIn[row, 0] * 1e-6 + tokensOut[row, 0] * 2e-6
            data.cost?[row, 1] = tokensIn[row, 1] * 1e-6 + tokensOut[row, 1] * 3e-6 + 0.5
            data.cost?[row, 2] = 0
        }
        let clean = try Self.resolved(data)
        #expect(clean.warnings.isEmpty && clean.lock.contents.axes.tables[0].facts.isEmpty, "\(clean.warnings)")
        // Three votes under one, as in a router whose voters are not charged.
        for row in data.samples.indices { data.cost?[row, 0] *= 3 }
        let voted = try Self.resolved(data)
        #expect(voted.lock.contents.axes.tables[0].facts == [.costMismatch])
        #expect(voted.warnings.count == 1 && voted.warnings[0].contains("makes of their tokens: a 3 times;"))
        #expect(voted.lock.jobs(ofGroup: 0) == clean.lock.jobs(ofGroup: 0))
    }

    @Test func `hidden tokens are flagged, billed or free as the sheet says`() throws {
        var data = DatasetFixture.dataset("one", tokens: true)
        let (tokensIn, tokensOut) = (try #require(data.tokensIn), try #require(data.tokensOut))
        var totals = tokensIn
        for cell in totals.elements.indices { totals.elements[cell] += tokensOut.elements[cell] }
        data.tokensTotal = totals
        let plain = try Self.resolved(data).lock
        #expect(plain.contents.axes.tables[0].facts.isEmpty)
        for row in 0..<6 { totals[row, 0] += 2_000 }
        data.tokensTotal = totals
        let grid = try Self.resolved(data)
        let flagged = grid.lock
        #expect(flagged.contents.axes.tables[0].facts == [.hiddenTokens])
        #expect(grid.warnings.first?.contains("answers whose token total is not in + out") == true)
        #expect(grid.warnings.first?.contains(": a 6;") == true)
        // A fact changes no key.
        #expect(flagged.jobs(ofGroup: 0) == plain.jobs(ofGroup: 0))
        func sheet(_ hidden: String) -> String {
            Self.sheet(a: 1).replacingOccurrences(of: "\"unit\"", with: "\"hidden_tokens\": \"\(hidden)\", \"unit\"")
        }
        let free = try Self.resolved(data, sheet: sheet("free")).lock
        #expect(free.contents.axes.tables[0].facts.isEmpty && free.jobs(ofGroup: 0) == plain.jobs(ofGroup: 0))
        let billed = try Self.resolved(data, sheet: sheet("billed"))
        #expect(billed.warnings.isEmpty && billed.lock.jobs(ofGroup: 0) != plain.jobs(ofGroup: 0))
        guard case .prices(_, let out, _) = billed.lock.contents.axes.tables[0].cost else {
            Issue.record("expected priced costs")
            return
        }
        let charged = try TensorBlob.decodeDoubles(try #require(billed.blobs[out]).bytes(), place: "out")
        #expect(abs(charged[0, 0] - tokensOut[0, 0] - 2_000) < 1e-9 && charged[7, 0] == tokensOut[7, 0])
        totals[2, 1] = 0
        data.tokensTotal = totals
        #expect(
            Self.message(data, sheet: sheet("billed")).contains(
                "model \"b\": the token total of 1 answers is less than in + out"
            )
        )
        #expect(Self.message(data, sheet: sheet("yes")).contains("hidden_tokens: expected one of billed, free"))
    }

    @Test func `a dataset without costs needs a sheet, and the error asks for one`() throws {
        var data = DatasetFixture.dataset("one", tokens: true)
        (data.cost, data.costUnit) = (nil, nil)
        let table = try Self.resolved(data).lock.contents.axes.tables[0]
        #expect(table.costUnit == "USD")
        let (folder, path) = try DatasetFixture.folder([data])
        defer { withExtendedLifetime(folder) {} }
        do {
            _ = try GridResolver.resolve(try GridFile(yaml: Self.grid, path: path), numerics: DatasetFixture.numerics)
            Issue.record("no error")
        } catch {
            #expect(error.message.contains("grid.yaml:1"), "\(error)")
            #expect(error.message.contains("dataset one has token counts and no costs: expected prices: {sheet: FILE}"))
        }
    }

    @Test func `marks before sheets and grids are dropped, and other files are named`() throws {
        #expect(Self.problems("\u{FEFF}" + Self.sheet(a: 1)).isEmpty)
        #expect(
            Self.problems("\u{FEFF}\u{FEFF}" + Self.sheet(a: 1)).first?.contains("text with two byte order marks")
                == true
        )
        let (folder, path) = try DatasetFixture.folder([DatasetFixture.dataset("one")])
        try folder.write("\u{FEFF}" + Self.grid, to: "grid.yaml")
        #expect(try GridFile(path: path).name == "grid")
        try folder.write([0xff, 0xfe, 0x64, 0], to: "grid.yaml")
        #expect(throws: RouteGridError.self) { try GridFile(path: path) }
        do { _ = try GridFile(path: "/dev/zero") } catch {
            #expect(error.message.contains("a device: expected a regular file"))
        }
    }
}
