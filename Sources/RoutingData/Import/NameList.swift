import RouteGridBase

/// Names in row order, from a JSON list or from a text file with one name a line.
enum NameList {
    /// Reads a list of unique, non-empty names.
    ///
    /// - Throws: `badInput` when the file is a pickle, is neither form, or a name is empty or occurs twice.
    static func read(_ path: String) throws(RouteGridError) -> [String] {
        let bytes = try FileBytes.read(path)
        try refusePickle(bytes, path)
        let names: [String]
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") {
            let values = try JSONValue(parsing: bytes, place: path).arrayValue ?? []
            names = values.compactMap(\.stringValue)
            guard names.count == values.count else { throw .badInput(path, "expected a JSON list of texts") }
        } else {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .badInput(path, "not UTF-8") }
            names = text.split(whereSeparator: \.isNewline).map(String.init)
        }
        var seen: Set<String> = []
        for (index, name) in names.enumerated() {
            guard !name.isEmpty, seen.insert(name).inserted else {
                throw .badInput(path, "entry \(index + 1): \"\(name)\" is empty or occurs twice")
            }
        }
        guard !names.isEmpty else { throw .badInput(path, "no names") }
        return names
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
