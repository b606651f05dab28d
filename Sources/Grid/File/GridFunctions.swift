import Foundation
import RouteGridBase

/// The value functions of grid files: `range(a,b,step)`, `logspace(a,b,n)` and `glob(pattern)`.
enum GridFunctions {
    /// More values than this in one function are a mistake; whole numbers are counted out faster than others.
    private static let limit = GridRanges.axisValues
    private static let fractionLimit = 100_000
    /// Numbers beyond are not exact any more.
    private static let largest = 1e15

    /// The values that a text stands for: those of a function, or the text itself.
    ///
    /// `range(a,b,step)` counts from a up to but not including b, in decimal arithmetic, so that `range(0.1,0.4,0.1)`
    /// is 0.1, 0.2, 0.3. `logspace(a,b,n)` is 10^a … 10^b in n equal steps of the exponent.
    static func numbers(_ node: GridNode) throws(RouteGridError) -> [JSONValue] {
        guard let text = node.scalar, let call = call(text) else { return [node.json] }
        switch call.name {
        case "range": return try range(call.arguments, node)
        case "logspace": return try logspace(call.arguments, node)
        default: return [node.json]
        }
    }

    /// The names that a text stands for: those of `known` that `glob(pattern)` matches, or the text itself.
    ///
    /// `*` stands for any letters, `?` for one, as in a shell.
    static func names(_ text: String, known: [String], place: String) throws(RouteGridError) -> [String] {
        guard let call = call(text), call.name == "glob" else { return [text] }
        let pattern = call.arguments.joined(separator: ",")
        let matches = known.filter { fnmatch(pattern, $0, 0) == 0 }
        guard !matches.isEmpty else {
            throw .badInput(place, "\(text) matches none of \(known.joined(separator: ", "))")
        }
        return matches
    }

    private static func call(_ text: String) -> (name: String, arguments: [String])? {
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "("),
            ["range", "logspace", "glob"].contains(text[..<open])
        else { return nil }
        let inside = text[text.index(after: open)...].dropLast()
        let arguments = inside.split(separator: ",", omittingEmptySubsequences: false)
        return (String(text[..<open]), arguments.map { $0.trimmingCharacters(in: .whitespaces) })
    }

    private static func range(_ arguments: [String], _ node: GridNode) throws(RouteGridError) -> [JSONValue] {
        if let values = try wholeRange(arguments, node) { return values }
        let values = arguments.compactMap(decimal)
        guard values.count == arguments.count, (2...3).contains(values.count),
            case let step = values.count == 3 ? values[2] : 1, step != 0
        else {
            throw node.failure(
                "expected range(first, end) or range(first, end, step) with numbers, found \(node.found)"
            )
        }
        try checkCount(((values[1] - values[0]) / step as NSDecimalNumber).doubleValue, limit: fractionLimit, node)
        var results: [JSONValue] = []
        var value = values[0]
        while step > 0 ? value < values[1] : value > values[1], results.count <= fractionLimit {
            results.append(.string("\(value)"))
            value += step
        }
        guard !results.isEmpty else { throw node.failure("\(node.found) is empty") }
        return results
    }

    /// A range of whole numbers; nil when one is not.
    private static func wholeRange(_ arguments: [String], _ node: GridNode) throws(RouteGridError) -> [JSONValue]? {
        let values = arguments.compactMap { Int($0) }
        guard values.count == arguments.count, (2...3).contains(values.count),
            values.allSatisfy({ Double($0).magnitude <= largest }), case let step = values.count == 3 ? values[2] : 1,
            step != 0
        else { return nil }
        try checkCount(Double(values[1] - values[0]) / Double(step), limit: limit, node)
        let results = stride(from: values[0], to: values[1], by: step).map { JSONValue($0) }
        guard !results.isEmpty else { throw node.failure("\(node.found) is empty") }
        return results
    }

    /// Refuses a function before it is counted out.
    private static func checkCount(_ count: Double, limit: Int, _ node: GridNode) throws(RouteGridError) {
        guard count <= Double(limit) else {
            throw node.failure("\(node.found) has more than \(limit) values")
        }
    }

    private static func logspace(_ arguments: [String], _ node: GridNode) throws(RouteGridError) -> [JSONValue] {
        guard arguments.count == 3, let first = Double(arguments[0]), let last = Double(arguments[1]),
            let count = Int(arguments[2]), (1...fractionLimit).contains(count), abs(first) < 300, abs(last) < 300
        else {
            throw node.failure(
                "expected logspace(first exponent, last exponent, count up to \(fractionLimit)), found \(node.found)"
            )
        }
        return (0..<count).map { place in
            let exponent = count == 1 ? first : first + (last - first) * Double(place) / Double(count - 1)
            return .double(pow(10, exponent))
        }
    }

    private static func decimal(_ text: String) -> Decimal? {
        guard let value = Double(text), value.magnitude <= largest else { return nil }
        return Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
    }
}
