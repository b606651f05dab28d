package import RouteGridBase

/// How a long file spells scores besides numbers.
package struct ScoreForm: Sendable, Equatable {
    /// Scores of texts, as they stand.
    var texts: [String: Double] = [:]
    /// Whether truth values are scores: JSON's, and `true`, `True`, `TRUE` and the like.
    var hasTruth = false

    /// Numbers alone.
    package static let number = ScoreForm()
    /// Numbers, and true as 1, false as 0.
    package static let bool = ScoreForm(hasTruth: true)
    /// Numbers, and Inspect's grades: correct 1, partial 0.5, incorrect and no answer 0.
    ///
    /// - Reference: `value_to_float` of inspect_ai.
    package static let grades = ScoreForm(texts: ["C": 1, "P": 0.5, "I": 0, "N": 0], hasTruth: true)

    init(texts: [String: Double] = [:], hasTruth: Bool = false) {
        self.texts = texts
        self.hasTruth = hasTruth
    }

    /// Reads what `--values` says: `number`, `bool`, `cipn`, or a list such as `pass=1,fail=0`.
    ///
    /// - Throws: `usage` when it is none of these, or a score is outside 0…1.
    package init(parsing text: String) throws(RouteGridError) {
        switch text {
        case "number": self = .number
        case "bool": self = .bool
        case "cipn": self = .grades
        default:
            for entry in text.split(separator: ",") {
                let sides = entry.split(separator: "=", maxSplits: 1).map(String.init)
                guard sides.count == 2, let score = Double(sides[1]), (0...1).contains(score) else {
                    throw RouteGridError(
                        .usage,
                        "--values: expected number, bool, cipn (C 1, P 0.5, I and N 0) or TEXT=SCORE,… with scores 0…1, "
                            + "found \"\(entry)\""
                    )
                }
                texts[sides[0]] = score
            }
        }
    }

    /// The score that a value which is no number spells, or nil.
    func score(_ value: JSONValue) -> Double? {
        switch value {
        case .bool(let truth): return hasTruth ? (truth ? 1 : 0) : nil
        case .string(let text):
            if let score = texts[text] { return score }
            guard hasTruth else { return nil }
            if ["true", "True", "TRUE"].contains(text) { return 1 }
            return ["false", "False", "FALSE"].contains(text) ? 0 : nil
        default: return nil
        }
    }
}
