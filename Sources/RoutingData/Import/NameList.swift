import RouteGridBase

/// Names in row order, from a JSON list or from a text file with one name a line.
enum NameList {
    private static let expected = "a JSON list of texts, or a text with one name a line, in UTF-8"

    /// Reads a list of unique names.
    ///
    /// Blanks around the names of a text, and its empty lines, do not count.
    ///
    /// - Throws: `badInput` when the file is neither form, or with all names that are refused (``NameRule``) or occur
    ///   twice.
    static func read(_ path: String) throws(RouteGridError) -> [String] {
        let raw = try FileBytes.read(path)
        try refusePickle(raw, path)
        try FileKind.refuseBinary(raw, place: path, expected: expected)
        let bytes = ByteOrderMark.dropped(from: raw)
        let names: [(name: String, place: String)]
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") {
            let values = try JSONValue(parsing: bytes, place: path).arrayValue ?? []
            names = values.compactMap(\.stringValue).enumerated().map { ($0.element, "entry \($0.offset + 1)") }
            guard names.count == values.count else { throw .badInput(path, "expected a JSON list of texts") }
        } else {
            if let kind = FileKind.text(bytes) { throw kind.refusal(place: path, expected: expected) }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .badInput(path, "not UTF-8") }
            names = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
                .map { (String($0.element).withoutOuterBlanks, "line \($0.offset + 1)") }
                .filter { !$0.0.isEmpty }
        }
        var problems = ProblemList()
        var seen: Set<String> = []
        for (name, place) in names {
            if let problem = NameRule.problem(name) {
                problems.add(.badInput(path, "\(place): the name \(JSONValue.string(name).jsonText) \(problem)"))
            } else if !seen.insert(name).inserted {
                problems.add(.badInput(path, "\(place): \"\(name)\" occurs twice"))
            }
        }
        try problems.throwIfAny()
        guard !names.isEmpty else { throw .badInput(path, "no names") }
        return names.map(\.name)
    }

    private static func refusePickle(_ bytes: [UInt8], _ path: String) throws(RouteGridError) {
        do {
            try PickleFile.refuse(bytes, place: path)
        } catch {
            throw .badInput(
                path,
                "a pickle can run code and is not read; convert it where you trust it, in Python: "
                    + "json.dump(list(pandas.read_pickle(\"F.pkl\")), open(\"F.json\", \"w\"))"
            )
        }
    }
}
