import RouteGridBase
import Yams

/// A YAML node that knows where it stands: the file, the line and the path of keys to it.
struct GridNode {
    let node: Node
    let file: String
    /// Such as `routers[2].k`; empty for the document.
    let path: String

    /// `grid.yaml:12: routers[2].k`, as error messages name it.
    var place: String { path.isEmpty ? "\(file):\(line)" : "\(file):\(line): \(path)" }
    private var line: Int { node.mark?.line ?? 1 }

    func failure(_ message: String) -> RouteGridError { .badInput(place, message) }

    /// Whether the node is absent in all but name: `prices: null`.
    var isNull: Bool {
        guard case .scalar(let scalar) = node, scalar.style != .doubleQuoted, scalar.style != .singleQuoted else {
            return false
        }
        return ["", "null", "~", "Null", "NULL"].contains(scalar.string)
    }

    /// The text of a scalar; nil for a mapping or a list.
    var scalar: String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.string
    }

    /// What the node is, in words, as it follows "found".
    var found: String {
        switch node {
        case .scalar(let scalar): isNull ? "nothing" : JSONValue.string(scalar.string).jsonText
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// The elements of a list, or the node itself when it is no list: `seeds: 0` is `seeds: [0]`.
    var elements: [GridNode] {
        guard case .sequence(let sequence) = node else { return [self] }
        return sequence.enumerated().map { GridNode(node: $1, file: file, path: "\(path)[\($0)]") }
    }

    var isList: Bool { if case .sequence = node { true } else { false } }
    var isMapping: Bool { if case .mapping = node { true } else { false } }

    /// The elements of a list that must not be empty.
    func nonEmptyElements(of what: String) throws(RouteGridError) -> [GridNode] {
        guard !isNull, case let elements = elements, !elements.isEmpty else {
            throw failure("expected at least one \(what)")
        }
        return elements
    }

    /// The node as JSON, scalars as texts, for a parameter's own check.
    var json: JSONValue {
        switch node {
        case .scalar(let scalar): isNull ? .null : .string(scalar.string)
        case .sequence: .array(elements.map(\.json))
        case .mapping(let mapping):
            .object(
                Dictionary(
                    mapping.map { ($0.key.string ?? "", GridNode(node: $0.value, file: file, path: path).json) },
                    uniquingKeysWith: { $1 }
                )
            )
        case .alias: .null
        }
    }

    // MARK: Typed scalars

    func text(_ expected: String = "a text") throws(RouteGridError) -> String {
        guard let scalar, !isNull, !scalar.isEmpty else { throw failure("expected \(expected), found \(found)") }
        return scalar
    }

    /// A text that may be the name of something, see ``SafeText/refusal(ofName:)``.
    func name(_ expected: String) throws(RouteGridError) -> String {
        let value = try text(expected)
        if let why = SafeText.refusal(ofName: value) { throw failure("the name \(why)") }
        return value
    }

    func integer(_ range: ClosedRange<Int>) throws(RouteGridError) -> Int {
        guard let scalar, let value = Int(scalar), range.contains(value) else {
            let expected = ParameterExpectation.integer(range)
            throw failure("expected \(expected), found \(found)")
        }
        return value
    }

    func number(_ range: ClosedRange<Double>) throws(RouteGridError) -> Double {
        guard let scalar, let value = Double(scalar), value.isFinite, range.contains(value) else {
            throw failure("expected \(ParameterExpectation.number(range)), found \(found)")
        }
        return value == 0 ? 0 : value
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type = Choice.self
    ) throws(RouteGridError) -> Choice where Choice.RawValue == String {
        guard let scalar, let choice = Choice(rawValue: scalar) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("expected one of \(known), found \(found)")
        }
        return choice
    }
}
