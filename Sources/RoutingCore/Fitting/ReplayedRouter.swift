package import Catalog
package import RouteGridBase
package import RoutingData
package import Scoring

/// A router whose choices are known: those that records of its fit hold.
///
/// It answers for the rows of the parts that it has choices for, whatever the modality: one evaluation is replayed at a
/// time.
package struct ReplayedRouter: FittedRouter {
    private let answers: [(rows: [Int], policies: [[Int]])]

    /// - Parameters:
    ///   - choices: `[points, items]` of a part, in the order of its rows.
    ///   - parts: the rows of the split.
    ///   - models: how many the pool has.
    /// - Throws: ``RouteGridError`` `badInput` when choices are of another number of items or models.
    package init(
        _ choices: [EvaluationPart: Matrix<ModelNumber>],
        parts: SplitParts,
        models: Int
    ) throws(RouteGridError) {
        var answers: [(rows: [Int], policies: [[Int]])] = []
        for part in EvaluationPart.allCases {
            guard let known = choices[part] else { continue }
            let rows = part == .dev ? parts.dev : parts.test
            guard known.columns == rows.count, known.rows > 0, known.elements.allSatisfy({ Int($0) <= models }) else {
                throw .badInput("choices", "of other items or models than the \(part.rawValue) part has")
            }
            answers.append((rows, (0..<known.rows).map { known.row($0).map { Int($0) } }))
        }
        self.answers = answers
    }

    package func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        guard let answer = answers.first(where: { $0.rows == rows }) else {
            throw RouteGridError.badInput("choices", "none are recorded for the dev part, by which metrics are read")
        }
        return .policies(answer.policies)
    }
}
