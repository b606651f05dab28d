/// Where a value stands in a record: a column of a table, or dotted names of nested members.
///
/// Steps other than names: `*` stands for every model in turn, `?` for the only member, a number for an entry of a
/// list, `$model` for the member that is named like the record's model, `$NAME` for the one that member NAME names.
/// `^` in front begins at the document around the record; `@file` and `@folder` are the names of the file, without its
/// ending, and of the folder around it.
package struct FieldPath: Hashable, Sendable, ExpressibleByStringLiteral {
    enum Step: Hashable, Sendable {
        case member(String)
        case star
        case only
        /// The member that is named like the record's model.
        case model
        /// The member that another member of the record names.
        case named(by: String)
    }

    /// As it was written.
    package let text: String
    let isOuter: Bool
    let steps: [Step]

    package init(_ text: String) {
        self.text = text
        isOuter = text.hasPrefix("^")
        steps = text.drop { $0 == "^" }.split(separator: ".", omittingEmptySubsequences: false).map { part in
            switch part {
            case "*": .star
            case "?": .only
            case "$model": .model
            case _ where part.hasPrefix("$"): .named(by: String(part.dropFirst()))
            default: .member(String(part))
            }
        }
    }

    package init(stringLiteral value: String) { self.init(value) }

    /// The steps to what has an entry a model, or nil when the path names no models.
    var stepsBeforeStar: ArraySlice<Step>? { steps.firstIndex(of: .star).map { steps[..<$0] } }

    /// Whether a column's name holds a star: columns of several models in one row.
    var hasStar: Bool { text.contains("*") }

    /// The column of a model.
    func column(of model: String) -> String {
        guard let star = text.firstIndex(of: "*") else { return text }
        return text[..<star] + model + text[text.index(after: star)...]
    }

    /// The model that a column is about, or nil when the name does not fit.
    func model(ofColumn name: String) -> String? {
        guard let star = text.firstIndex(of: "*") else { return nil }
        let (head, tail) = (text[..<star], text[text.index(after: star)...])
        guard name.count > head.count + tail.count, name.hasPrefix(head), name.hasSuffix(tail) else { return nil }
        return String(name.dropFirst(head.count).dropLast(tail.count))
    }
}

/// How a field is made of the values at one path or several.
package struct FieldSource: Sendable {
    enum Way: Sendable {
        /// The first that is there.
        case first
        /// All that are there, with slashes between them.
        case joined
        /// What stands before the first slash.
        case beforeSlash
    }

    var paths: [FieldPath]
    var way = Way.first

    /// The value at the first of these paths that has one.
    package static func at(_ paths: FieldPath...) -> FieldSource { FieldSource(paths: paths) }
    static func joined(_ paths: FieldPath...) -> FieldSource { FieldSource(paths: paths, way: .joined) }
    static func beforeSlash(_ path: FieldPath) -> FieldSource { FieldSource(paths: [path], way: .beforeSlash) }
}
