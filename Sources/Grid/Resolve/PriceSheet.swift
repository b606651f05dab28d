import Foundation
import RouteGridBase
import RoutingData

/// A price sheet, which makes costs of tokens: our own dated form, or a public list (see ``PublicPriceList``).
///
/// ```json
/// {"schema": "routegrid/prices/v1", "unit": "USD", "date": "2026-11-01", "hidden_tokens": "billed",
///  "models": {"gpt-5": {"in": 1.25, "out": 10, "request": 0}}}
/// ```
/// Prices are per million tokens; `request` (default 0) is charged once a query. `hidden_tokens` is what tokens cost
/// that are in an answer's total and in neither `in` nor `out`: the price of `out` (`billed`) or nothing (`free`).
/// Without it they are not billed, and boards carry a flag. Numbers are JSON numbers or plain decimal texts such as
/// `"0.005"`.
struct PriceSheet {
    static let schema = "routegrid/prices/v1"

    /// What tokens of a total cost that are in neither in nor out.
    enum HiddenTokens: String, CaseIterable { case billed, free }

    /// The file's name and date, as records show it.
    private(set) var label: String
    private let digest: Digest
    private let place: String
    private let rows: [String: JSONValue]
    /// Why a model of a public list has no row.
    private let unpriced: [String: String]
    /// What a public list says of a model's prices that costs leave out.
    private let remarks: [String: String]
    let hiddenTokens: HiddenTokens?
    /// Whether nobody wrote it for this grid: its 0 may stand for a price that is not known.
    private let isPublic: Bool

    /// - Throws: `badInput` with file, model and field of all that is wrong.
    init(file: String, relativeTo gridPath: String) throws(RouteGridError) {
        let folder = URL(fileURLWithPath: gridPath).deletingLastPathComponent()
        try self.init(path: file.hasPrefix("/") ? file : folder.appendingPathComponent(file).relativePath)
    }

    /// - Throws: `badInput` with file, model and field of all that is wrong.
    init(path: String) throws(RouteGridError) {
        let bytes = try FileBytes.readText(path, expected: "a price sheet: a JSON object in UTF-8")
        let json = try JSONValue(parsing: bytes, place: path)
        (place, digest) = (path, Digest(hashing: bytes))
        if let members = json.objectValue, members["schema"]?.stringValue == nil {
            let list = try PublicPriceList(members, path: path)
            (rows, unpriced, remarks, hiddenTokens) = (list.rows, list.unpriced, list.remarks, nil)
            isPublic = true
            // Such lists have no date: their content is what tells two of them apart.
            label = "\(FileBytes.name(of: path)) (\(list.form.rawValue), \(digest.hex.prefix(8)))"
            return
        }
        (unpriced, remarks, isPublic) = ([:], [:], false)
        var sheet = try StrictObject(json, place: path)
        guard try sheet.text("schema") == Self.schema else { throw .badInput(path, "schema: expected \(Self.schema)") }
        let unit = try sheet.text("unit")
        guard let usd = try? CostUnit.checked(unit), usd == "USD" else { throw .badInput(path, "unit: expected USD") }
        let date = try sheet.text("date")
        if let problem = NameRule.problem(date) {
            throw .badInput(path, "date: \(JSONValue.string(date).jsonText) \(problem)")
        }
        hiddenTokens = try sheet.optionalChoice("hidden_tokens")
        guard let models = try sheet.required("models").objectValue, !models.isEmpty else {
            throw .badInput(path, "models: expected an object with a row for each model")
        }
        try sheet.finish()
        var rows: [String: JSONValue] = [:]
        var problems: [String] = []
        for (model, json) in models.sorted(by: { Dataset.inCodePointOrder($0.key, $1.key) }) {
            let row = PriceRow(json, place: "\(path): models.\(model)")
            rows[model] = row.json
            problems += row.problems
        }
        try Self.refuse(problems)
        self.rows = rows
        label = "\(FileBytes.name(of: path)) (\(date))"
    }

    /// Adds to the label what tells the sheet from others of its name and date.
    mutating func nameContent() { label = "\(label.dropLast()), \(digest.hex.prefix(8)))" }

    /// The identity of a dataset's cost under the sheet, its price rows becoming a blob, and what readers must know of
    /// it.
    ///
    /// - Parameters:
    ///   - data: the dataset with the pool's models.
    ///   - name: its name in the grid.
    ///   - folder: where it is.
    ///   - blobs: takes token counts and prices.
    /// - Returns: what keys say of the costs, and what readers must know of them.
    /// - Throws: `badInput` when the dataset has no tokens; with all models of the pool that have no price; with all
    ///   models that have outcomes without token counts.
    func cost(
        of data: Dataset,
        name: String,
        folder: String,
        blobs: inout BlobCollector
    ) throws(RouteGridError) -> PricedOutcomes {
        guard let tokensIn = data.tokensIn, let tokensOut = data.tokensOut else {
            throw .badInput(place, "dataset \(name) has no token counts: its costs cannot be made from prices")
        }
        var pool: [String: JSONValue] = [:]
        var problems: [String] = []
        for model in data.models {
            if let row = rows[model] {
                pool[model] = row
            } else if let why = unpriced[model] {
                problems.append("\(place): no price for model \"\(model)\" of dataset \(name): \(why)")
            } else {
                let hint = NearestName.hint(model, in: rows.keys.sorted())
                problems.append("\(place): no price for model \"\(model)\" of dataset \(name)\(hint)")
            }
        }
        var usage = Usage(data, tokensIn: tokensIn, tokensOut: tokensOut)
        problems += usage.refusals.map { "\(folder)/tensors.safetensors: dataset \(name), \($0)" }
        if hiddenTokens == .billed {
            problems += usage.bill().map { "\(folder)/tensors.safetensors: dataset \(name), \($0)" }
        }
        try Self.refuse(problems)
        let prices = blobs.add(["unit": "USD", "per_tokens": 1_000_000, "models": .object(pool)])
        var facts: [DataFact] = []
        var warnings: [String] = []
        if hiddenTokens == nil, !usage.hidden.isEmpty {
            facts.append(.hiddenTokens)
            warnings.append(
                "answers whose token total is not in + out, of which \(label) bills in and out alone: "
                    + "\(Self.words(usage.hidden)); \"hidden_tokens\": \"billed\" in the sheet charges the rest at the price of "
                    + "out, \"free\" nothing"
            )
        }
        if !usage.zeroUsage.isEmpty {
            facts.append(.zeroUsage)
            warnings.append(
                "zero usage: right answers that took 0 tokens and are billed for none: \(Self.words(usage.zeroUsage)); find "
                    + "their usage, or leave these outcomes out"
            )
        }
        if isPublic, case let free = data.models.filter({ isFree(pool[$0]) }), !free.isEmpty,
            free.count < data.models.count
        {
            facts.append(.zeroPrice)
            warnings.append(
                "\(label) lists a price of 0: \(free.joined(separator: ", ")); a price that is not known, or a model that is "
                    + "free: a router saves by choosing it, whatever it really costs"
            )
        }
        let mismatches = usage.mismatches { row, tokensIn, tokensOut in
            guard let prices = pool[row] else { return .nan }
            func price(_ name: String) -> Double { prices[name]?.numberValue ?? 0 }
            return (tokensIn * price("in") + tokensOut * price("out")) / 1_000_000 + price("request")
        }
        if !mismatches.isEmpty {
            facts.append(.costMismatch)
            let named = mismatches.map { "\($0.model) \(String(format: "%.3g", $0.ratio)) times" }
                .joined(separator: ", ")
            warnings.append(
                "the costs that the data give are far from those that \(label) makes of their tokens: \(named); calls such as "
                    + "votes or retries whose tokens are not counted, tokens of several calls under the cost of one, or other "
                    + "prices"
            )
        }
        warnings += data.models.compactMap { model in remarks[model].map { "\(label): model \(model): \($0)" } }
        return PricedOutcomes(
            cost: .prices(
                tokensIn: blobs.add(usage.tokensIn),
                tokensOut: blobs.add(usage.tokensOut),
                prices: prices
            ),
            facts: facts,
            warnings: warnings
        )
    }

    /// Whether a row charges for nothing.
    private func isFree(_ row: JSONValue?) -> Bool {
        ["in", "out", "request"].allSatisfy { (row?[$0]?.numberValue ?? 0) == 0 }
    }

    /// Counts by model, the models in code-point order.
    private static func words(_ counts: [String: Int]) -> String {
        counts.sorted { Dataset.inCodePointOrder($0.key, $1.key) }.map { "\($0.key) \($0.value)" }.joined(
            separator: ", "
        )
    }

    private static func refuse(_ problems: [String]) throws(RouteGridError) {
        guard let first = problems.first else { return }
        var error = RouteGridError(.badInput, first)
        error.further = Array(problems.dropFirst().prefix(19))
        error.unlisted = max(0, problems.count - 20)
        throw error
    }
}

/// What a price sheet makes of a dataset's token counts.
struct PricedOutcomes {
    var cost: CostIdentity
    /// For the board, in no key.
    var facts: [DataFact]
    /// The same with models and counts, one sentence each.
    var warnings: [String]
}

/// One model's prices.
private struct PriceRow {
    private(set) var json: JSONValue = .null
    private(set) var problems: [String] = []

    init(_ json: JSONValue, place: String) {
        guard let members = json.objectValue else {
            problems.append("\(place): expected an object with in, out and request, found \(json.jsonText)")
            return
        }
        for name in members.keys.sorted() where !["in", "out", "request"].contains(name) {
            problems.append(
                "\(place): unknown member \"\(name)\"\(NearestName.hint(name, in: ["in", "out", "request"]))"
            )
        }
        var row: [String: JSONValue] = [:]
        for (name, range, unit) in [
            ("in", ValueRange.price, "USD per million tokens"), ("out", .price, "USD per million tokens"),
            ("request", .request, "USD"),
        ] {
            guard let found = members[name] else {
                if name == "request" {
                    row[name] = .double(0)
                } else {
                    problems.append("\(place): \"\(name)\" is missing")
                }
                continue
            }
            if let value = Self.number(found), range.contains(value) {
                row[name] = .double(value + 0)
            } else {
                problems.append(
                    "\(place).\(name): expected a number of \(unit), \(range.words), found \(found.jsonText)"
                )
            }
        }
        self.json = .object(row)
    }

    /// A JSON number, or a text of digits with at most one point between them.
    private static func number(_ json: JSONValue) -> Double? {
        switch json {
        case .integer(let value): return Double(value)
        case .double(let value): return value
        case .string(let text):
            let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let isPlain =
                (1...2).contains(parts.count) && text.utf8.count <= 40
                && parts.allSatisfy { part in
                    !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                }
            return isPlain ? Double(text) : nil
        default: return nil
        }
    }
}

/// The token counts of a dataset as prices are put on them.
private struct Usage {
    private let data: Dataset
    /// NaN where there is no outcome.
    private(set) var tokensIn: Matrix<Double>
    private(set) var tokensOut: Matrix<Double>
    /// Right answers that used no token, by model.
    private(set) var zeroUsage: [String: Int] = [:]
    /// Answers whose total is not in + out, by model.
    private(set) var hidden: [String: Int] = [:]
    /// Models that have outcomes without token counts, one sentence each.
    private(set) var refusals: [String] = []

    init(_ data: Dataset, tokensIn: Matrix<Double>, tokensOut: Matrix<Double>) {
        (self.data, self.tokensIn, self.tokensOut) = (data, tokensIn, tokensOut)
        for (column, model) in data.models.enumerated() {
            var (without, outcomes, first) = (0, 0, 0)
            for row in data.samples.indices {
                guard !data.quality[row, column].isNaN else {
                    self.tokensIn[row, column] = .nan
                    self.tokensOut[row, column] = .nan
                    continue
                }
                outcomes += 1
                let used = tokensIn[row, column] + tokensOut[row, column]
                if used.isNaN {
                    if without == 0 { first = row }
                    without += 1
                }
                if used == 0, data.quality[row, column] > 0 { zeroUsage[model, default: 0] += 1 }
                if data.hasOtherTotal(row, column) { hidden[model, default: 0] += 1 }
            }
            guard without > 0 else { continue }
            let id = data.samples[first].sample.id
            refusals.append(
                "model \"\(model)\": no token counts for \(without) of its \(outcomes) outcomes, first row \(first + 1) "
                    + "(sample \"\(id)\"): prices make no cost of them; give their tokens, or leave these outcomes empty"
            )
        }
    }

    /// Costs that are so many times those of the tokens, or the reverse, are of something else.
    private static let farOff = 1.8

    /// Models whose answers cost far more or less in all, by the data, than prices make of their tokens.
    ///
    /// `price` is that of a model's answer with tokens in and out, in USD; `ratio` is how many times as much.
    func mismatches(_ price: (String, Double, Double) -> Double) -> [(model: String, ratio: Double)] {
        guard let cost = data.cost, data.costUnit == "USD" else { return [] }
        return data.models.enumerated().compactMap { column, model in
            var (recorded, computed) = (0.0, 0.0)
            for row in data.samples.indices where !cost[row, column].isNaN {
                recorded += cost[row, column]
                computed += price(model, tokensIn[row, column], tokensOut[row, column])
            }
            guard recorded > 0, computed > 0 else { return nil }
            let ratio = recorded / computed
            return ratio >= Self.farOff || ratio <= 1 / Self.farOff ? (model, ratio) : nil
        }
    }

    /// Adds what a total has beyond in + out to out.
    ///
    /// - Returns: models of which a total is less than in + out, one sentence each.
    mutating func bill() -> [String] {
        var refusals: [String] = []
        for (column, model) in data.models.enumerated() {
            var (less, first) = (0, 0)
            for row in data.samples.indices where data.hasOtherTotal(row, column) && !tokensOut[row, column].isNaN {
                let rest = (data.tokensTotal?[row, column] ?? 0) - tokensIn[row, column]
                if rest < tokensOut[row, column] {
                    if less == 0 { first = row }
                    less += 1
                }
                tokensOut[row, column] = rest
            }
            guard less > 0 else { continue }
            refusals.append(
                "model \"\(model)\": the token total of \(less) answers is less than in + out, first row \(first + 1) "
                    + "(sample \"\(data.samples[first].sample.id)\"): no hidden tokens to bill"
            )
        }
        return refusals
    }
}
