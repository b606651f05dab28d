package import RouteGridBase

/// When a difference of two boards is an error: `--fail-if`.
///
/// A class (`new`, `changed`, …), `worse` (some row is shown to be worse), `rank` (a real move of rank), `any` (some
/// row is not unchanged), or several with commas between them.
package struct ChangeRule: Sendable {
    private enum Condition: Sendable {
        case kind(RowChange.Kind)
        case worse, rank, any
    }

    private let conditions: [(name: String, condition: Condition)]

    /// - Throws: `usage` with the word that is none.
    package init(_ text: String) throws(RouteGridError) {
        var conditions: [(name: String, condition: Condition)] = []
        for word in text.split(separator: ",").map({ $0.trimmingPrefix(while: \.isWhitespace) }).map(String.init) {
            switch word {
            case "worse": conditions.append((word, .worse))
            case "rank": conditions.append((word, .rank))
            case "any": conditions.append((word, .any))
            default:
                guard let kind = RowChange.Kind(rawValue: word) else {
                    let known = RowChange.Kind.allCases.map(\.rawValue) + ["worse", "rank", "any"]
                    throw RouteGridError(
                        .usage,
                        "--fail-if: no rule \"\(word)\"\(NearestName.hint(word, in: known))"
                    )
                }
                conditions.append((word, .kind(kind)))
            }
        }
        guard !conditions.isEmpty else { throw RouteGridError(.usage, "--fail-if: expected a rule, such as worse") }
        self.conditions = conditions
    }

    /// A line for each condition that is met.
    package func findings(_ changes: BoardChanges) -> [String] {
        conditions.compactMap { name, condition in
            let rows = changes.rows.filter { row in
                switch condition {
                case .kind(let kind): row.kind == kind
                case .worse: row.isShownWorse
                case .rank: row.rankMove == .real
                case .any: row.kind != .unchanged
                }
            }
            guard let first = rows.first else { return nil }
            let more = rows.count > 1 ? " and \(rows.count - 1) more" : ""
            return "--fail-if \(name): \(first.name.slug)\(more)"
        }
    }
}
