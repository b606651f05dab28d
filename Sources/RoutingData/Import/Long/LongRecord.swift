import RouteGridBase

/// One row of a long file, whatever the file is.
protocol LongRecord {
    /// What a row is in messages, such as `file.csv:12`.
    var place: String { get }

    /// The value at the path of this number in ``LongPaths/all``; nil when it is absent, null or an empty cell.
    ///
    /// `model` is the record's model, where it is known already.
    ///
    /// - Throws: `badInput` when the path fits several values or the value cannot be read.
    func value(_ number: Int, model: String?) throws(RouteGridError) -> JSONValue?

    /// Like ``value(_:model:)``, a number; the mean of a list of numbers.
    func number(_ number: Int, model: String?) throws(RouteGridError) -> Double?

    /// An error about the value at a path.
    func failure(_ number: Int, _ message: String) -> RouteGridError
}

/// The paths of a form, each with a number, so that a table finds the column of each once.
struct LongPaths: Sendable {
    struct Field: Sendable {
        var numbers: [Int]
        var way: FieldSource.Way
        /// Said by the path of the file.
        var fact: String?
        /// Whether the value is the name of an entry and not the entry.
        var isKey: Bool
        /// Texts that stand for a missing number.
        var missing: Set<String>
    }

    private(set) var all: [FieldPath] = []
    private(set) var kept: [(number: Int, value: String)] = []
    private(set) var skipped: [(number: Int, value: String)] = []
    private(set) var unanswered: [(number: Int, value: String)] = []
    private var fields: [Field?]

    init(_ form: LongForm, file: String) {
        fields = LongField.allCases.map { _ in nil }
        let facts = form.facts(file)
        for (index, field) in LongField.allCases.enumerated() {
            var entry = Field(numbers: [], way: .first, fact: facts[field], isKey: false, missing: form.missing)
            if let source = form.fields[field] {
                entry.fact = nil
                entry.way = source.way
                for path in source.paths {
                    switch path.text {
                    case "@file": entry.fact = LongPreset.stem(of: file)
                    case "@folder": entry.fact = LongPreset.folder(of: file)
                    default: entry.numbers.append(add(path))
                    }
                }
                entry.isKey = field == .model && source.paths.first?.steps.last == .star
            }
            if entry.fact != nil || !entry.numbers.isEmpty { fields[index] = entry }
        }
        kept = form.kept.map { (add($0.path), $0.value) }
        skipped = form.skipped.map { (add($0.path), $0.value) }
        unanswered = form.unanswered.map { (add($0.path), $0.value) }
    }

    private mutating func add(_ path: FieldPath) -> Int {
        if let known = all.firstIndex(of: path) { return known }
        all.append(path)
        return all.count - 1
    }

    subscript(field: LongField) -> Field? { fields[Self.index(field)] }

    private static func index(_ field: LongField) -> Int {
        switch field {
        case .query: 0
        case .model: 1
        case .score: 2
        case .cost: 3
        case .tokensIn: 4
        case .tokensOut: 5
        case .latency: 6
        case .trial: 7
        case .dataset: 8
        case .group: 9
        case .id: 10
        case .image: 11
        case .served: 12
        }
    }
}

extension LongRecord {
    /// Whether one of the conditions holds.
    func meets(_ conditions: [(number: Int, value: String)]) throws(RouteGridError) -> Bool {
        for condition in conditions {
            if let value = try value(condition.number, model: nil), Self.text(of: value) == condition.value {
                return true
            }
        }
        return false
    }

    /// The text of a field, or nil when it has none.
    func text(_ field: LongPaths.Field?, model: String? = nil) throws(RouteGridError) -> String? {
        guard let field else { return nil }
        if let fact = field.fact { return fact }
        var joined: String?
        for number in field.numbers {
            guard let value = try value(number, model: model) else { continue }
            guard let text = Self.text(of: value) else { throw failure(number, "expected a text") }
            switch field.way {
            case .first: return text
            case .beforeSlash: return text.firstIndex(of: "/").map { String(text[..<$0]) } ?? text
            case .joined where text.isEmpty: break
            case .joined: joined = joined.map { "\($0)/\(text)" } ?? text
            }
        }
        return joined
    }

    /// The number of a field, or nil when it has none.
    ///
    /// - Throws: `badInput` when it is no number, or not in the range.
    func number(
        _ field: LongPaths.Field?,
        model: String,
        in range: ValueRange,
        dividedBy scale: Double = 1
    ) throws(RouteGridError) -> Double? {
        guard let field else { return nil }
        for number in field.numbers {
            if !field.missing.isEmpty, try isMissing(number, model: model, field.missing) { continue }
            let found: Double?
            do throws(RouteGridError) {
                found = try self.number(number, model: model)
            } catch {
                throw try missingAdvice(number, model: model) ?? error
            }
            guard let raw = found else { continue }
            let value = raw / scale
            guard range.contains(value) else {
                throw failure(number, "expected \(range.words), found \(JSONValue.shortestText(raw))")
            }
            return value + 0
        }
        return nil
    }

    private func isMissing(
        _ number: Int,
        model: String,
        _ words: Set<String>
    ) throws(RouteGridError) -> Bool {
        try value(number, model: model)?.stringValue.map(words.contains) ?? false
    }

    /// The error for a text that programs write for a missing number, or nil when this is none.
    private func missingAdvice(_ number: Int, model: String) throws(RouteGridError) -> RouteGridError? {
        guard let text = try value(number, model: model)?.stringValue, MissingText.isUsual(text) else { return nil }
        let found = JSONValue.string(text).jsonText
        return failure(number, "expected a number, found \(found); \(MissingText.advice(text))")
    }

    /// A value as text; lists of chat messages are what their users said.
    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .double(let number): JSONValue.shortestText(number)
        case .bool(let truth): truth ? "true" : "false"
        case .array(let entries): chat(entries) ?? value.jsonText
        case .object, .null: value.jsonText
        }
    }

    private static func chat(_ messages: [JSONValue]) -> String? {
        guard !messages.isEmpty, messages.allSatisfy({ $0["content"] != nil }) else { return nil }
        let asked = messages.filter { $0["role"]?.stringValue == "user" }
        return (asked.isEmpty ? messages : asked).map { message in
            let parts = message["content"]?.arrayValue?.compactMap { $0["text"]?.stringValue }
            return message["content"]?.stringValue ?? parts?.joined(separator: "\n") ?? ""
        }.joined(separator: "\n")
    }
}
