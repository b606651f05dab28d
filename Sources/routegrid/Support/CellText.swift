import Foundation
import RouteGridBase

/// A cell as a page for a terminal.
struct CellText {
    private let cell: JSONValue

    init(_ cell: JSONValue) { self.cell = cell }

    /// Points of a curve that are listed.
    private static let pointsShown = 12

    var text: String {
        let place = "\(cell["run"]?.integerValue ?? 0)/\(cell["cell"]?.integerValue ?? 0)"
        var out = "cell \(place): \(cell["standing"]?.stringValue ?? "?")"
        if let reason = cell["reason"]?.stringValue, !reason.isEmpty { out += ": " + SafeText.line(reason) }
        out += "\n" + section("job", members(cell["job"], leaving: ["inputs", "samples", "data"]))
        if let key = cell["job_key"]?.stringValue { out += "  job key  \(key)\n" }
        if let result = cell["result"], result != .null {
            out += section("metrics", metrics(result)) + points(result)
        }
        out += section("execution", members(cell["facts"], leaving: ["job_key"]))
        if let log = cell["log"]?.stringValue {
            out +=
                "\nstandard error\n"
                + log.split(separator: "\n").map { "  " + SafeText.line(String($0)) + "\n" }.joined()
        }
        return out
    }

    private func section(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let width = rows.map { SafeText.width($0.0) }.max() ?? 0
        return "\n\(title)\n"
            + rows.map { name, value in
                "  " + name + String(repeating: " ", count: width - SafeText.width(name)) + "  " + value + "\n"
            }.joined()
    }

    private func members(_ value: JSONValue?, leaving hidden: [String]) -> [(String, String)] {
        (value?.objectValue ?? [:]).filter { !hidden.contains($0.key) && $0.value != .null }
            .sorted { $0.key < $1.key }
            .map { (SafeText.line($0.key), SafeText.line($0.value.stringValue ?? $0.value.jsonText)) }
    }

    /// Values; for one that is absent, why.
    private func metrics(_ result: JSONValue) -> [(String, String)] {
        let counts = [("items", result["n"]), ("missing", result["n_missing"])].compactMap { name, value in
            value?.integerValue.map { (name, "\($0)") }
        }
        return counts
            + (result["metrics"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map { name, reading in
                let value = reading["v"]?.numberValue.map { String(format: "%.6g", $0) }
                return (name, value ?? "none: \(SafeText.line(reading["why"]?.stringValue ?? ""))")
            }
    }

    /// The curve, with who was chosen at each of its points.
    private func points(_ result: JSONValue) -> String {
        let points = result["points"]?.arrayValue ?? []
        guard !points.isEmpty else { return "" }
        let shares = cell["choices"]?["shares"]?.arrayValue ?? []
        var table = TextTable(">point", ">cost", ">accuracy", "chosen")
        let step = max(1, (points.count + Self.pointsShown - 1) / Self.pointsShown)
        for (place, point) in points.enumerated() where place % step == 0 || place == points.count - 1 {
            let chosen = shares.indices.contains(place) ? shares[place]["models"]?.objectValue ?? [:] : [:]
            let largest = chosen.compactMap { name, share in share.numberValue.map { (name, $0) } }
                .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
            let words = largest.prefix(3).map { "\(String(format: "%.0f", $1 * 100)) % \($0)" }
            table.add(
                "\(point["id"]?.integerValue ?? place)",
                String(format: "%.6g", point["cost"]?.numberValue ?? 0),
                String(format: "%.4f", point["accuracy"]?.numberValue ?? 0),
                words.joined(separator: ", ") + (largest.count > 3 ? ", …" : "")
            )
        }
        let lines = table.rendered().split(separator: "\n").map { "  " + $0 + "\n" }.joined()
        return "\npoints\n" + lines + (step > 1 ? "  (\(points.count) points, every \(step). shown)\n" : "")
    }
}
