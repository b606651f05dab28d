/// How much the anchors (`&name`) and aliases (`*name`) of a YAML text may unfold to, known before it is parsed.
///
/// A parser puts the anchored value in place of each alias, so that some ten lines of aliases of aliases are a billion
/// values. Whatever looks like an anchor or an alias is counted as one, in texts and comments too.
struct YAMLAliases {
    private var anchors = 0
    private var aliases = 0
    private var firstLine: Int?
    private let byteCount: Int

    init(_ yaml: String) {
        var line = 1
        var before = UInt8(ascii: "\n")
        var mark: UInt8?
        byteCount = yaml.utf8.count
        for byte in yaml.utf8 {
            if let found = mark, !Self.isSpace(byte) {
                if found == UInt8(ascii: "&") { anchors += 1 } else { aliases += 1 }
                if firstLine == nil, found == UInt8(ascii: "*") { firstLine = line }
            }
            let isMark = byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*")
            mark = isMark && Self.mayPrecede(before) ? byte : nil
            if byte == UInt8(ascii: "\n") { line += 1 }
            before = byte
        }
    }

    private static func mayPrecede(_ byte: UInt8) -> Bool { isSpace(byte) || "[{,:?-".utf8.contains(byte) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// The line of the first alias when the text may unfold to more values than the limit; else nil.
    ///
    /// With k anchors, values are nested at most k deep in each other, and a aliases unfold to most when each level has
    /// a/k of them: (a/k)^k times the text, whose values have two bytes or more.
    func explosiveLine(limit: Int) -> Int? {
        guard anchors > 0, aliases > 0 else { return nil }
        var factor = 1.0
        for levels in 1...min(anchors, aliases) {
            var power = 1.0
            for _ in 0..<levels where power < 1e12 { power *= Double(aliases) / Double(levels) }
            factor = max(factor, power)
            if factor >= 1e12 { break }
        }
        return factor * Double(byteCount) / 2 > Double(limit) ? firstLine : nil
    }
}
