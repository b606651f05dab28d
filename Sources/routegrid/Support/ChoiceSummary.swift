import Catalog
import RouteGridBase
import Scoring

/// A record's choices as counts: which share of the items each model got at each operating point.
struct ChoiceSummary {
    let json: JSONValue

    /// - Parameters:
    ///   - bytes: The blob.
    ///   - record: What names it.
    ///   - models: The names of the pool in its order; empty when they are not known.
    init(_ bytes: [UInt8], of record: JSONValue, models: [String]) {
        let named = record["result"]?["choices"]
        let type = named?["dtype"]?.stringValue.flatMap(ChoiceType.init(rawValue:)) ?? .u8
        let shape = (named?["shape"]?.arrayValue ?? []).compactMap(\.integerValue)
        let numbers = type.choices(in: bytes)
        guard shape.count == 2, shape[1] > 0, numbers.count == shape[0] * shape[1] else {
            json = .null
            return
        }
        let points = record["result"]?["points"]?.arrayValue ?? []
        json = [
            "points": JSONValue(shape[0]), "items": JSONValue(shape[1]),
            "shares": .array(
                (0..<shape[0]).map { point in
                    var counts: [ModelNumber: Int] = [:]
                    for choice in numbers[point * shape[1]..<(point + 1) * shape[1]] { counts[choice, default: 0] += 1 }
                    let shares = counts.map { number, count in
                        (Self.name(number, models), JSONValue.double(Double(count) / Double(shape[1])))
                    }
                    return [
                        "point": points.indices.contains(point)
                            ? points[point]["id"] ?? JSONValue(point) : JSONValue(point),
                        "models": .object(Dictionary(shares, uniquingKeysWith: { first, _ in first })),
                    ]
                }
            ),
        ]
    }

    private static func name(_ number: ModelNumber, _ models: [String]) -> String {
        models.indices.contains(Int(number)) ? models[Int(number)] : "model \(number)"
    }
}
