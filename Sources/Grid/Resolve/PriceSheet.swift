import Foundation
import RouteGridBase
import RoutingData

/// A dated price sheet, which makes costs of tokens.
///
/// ```json
/// {"schema": "routegrid/prices/v1", "unit": "USD", "date": "2026-11-01",
///  "models": {"gpt-5": {"in": 1.25, "out": 10, "request": 0}}}
/// ```
/// Prices are per million tokens; `request` (default 0) is charged once a query.
struct PriceSheet {
    static let schema = "routegrid/prices/v1"

    /// The file's name and date, as records show it.
    let label: String
    private let place: String
    private let rows: [String: JSONValue]

    init(file: String, relativeTo gridPath: String, place: String) throws(RouteGridError) {
        let folder = URL(fileURLWithPath: gridPath).deletingLastPathComponent()
        let path = file.hasPrefix("/") ? file : folder.appendingPathComponent(file).relativePath
        var sheet = try StrictObject(try JSONValue(parsing: try FileBytes.read(path), place: path), place: path)
        guard try sheet.text("schema") == Self.schema else { throw .badInput(path, "schema: expected \(Self.schema)") }
        guard try sheet.text("unit") == "USD" else { throw .badInput(path, "unit: expected USD") }
        let date = try sheet.text("date")
        var rows: [String: JSONValue] = [:]
        for (model, json) in try sheet.required("models").objectValue ?? [:] {
            var row = try StrictObject(json, place: "\(path): models.\(model)")
            let input = try row.number("in")
            let output = try row.number("out")
            let request = row.optional("request")?.numberValue ?? 0
            try row.finish()
            guard input >= 0, output >= 0, request >= 0 else {
                throw .badInput("\(path): models.\(model)", "expected prices of at least 0")
            }
            rows[model] = ["in": .double(input), "out": .double(output), "request": .double(request)]
        }
        try sheet.finish()
        self.rows = rows
        self.place = path
        label = "\(FileBytes.name(of: path)) (\(date))"
    }

    /// The identity of a dataset's cost under the sheet; its price rows become a blob.
    ///
    /// - Throws: `badInput` when the dataset has no tokens, or a model of the pool has no price.
    func cost(of data: Dataset, name: String, blobs: inout BlobCollector) throws(RouteGridError) -> CostIdentity {
        guard let tokensIn = data.tokensIn, let tokensOut = data.tokensOut else {
            throw .badInput(place, "dataset \(name) has no token counts: its costs cannot be made from prices")
        }
        var pool: [String: JSONValue] = [:]
        for model in data.models {
            guard let row = rows[model] else {
                let hint = NearestName.hint(model, in: rows.keys.sorted())
                throw .badInput(place, "no price for model \"\(model)\" of dataset \(name)\(hint)")
            }
            pool[model] = row
        }
        let prices = blobs.add(["unit": "USD", "per_tokens": 1_000_000, "models": .object(pool)])
        return .prices(tokensIn: blobs.add(tokensIn), tokensOut: blobs.add(tokensOut), prices: prices)
    }
}
