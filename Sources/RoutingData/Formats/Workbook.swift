import RouteGridBase

/// The first sheet of an Excel file (xlsx), as pandas and openpyxl write it: values only.
///
/// - Reference: ECMA-376, part 1: 18.3.1.4 (`c`, a cell), 18.4.8 (`si`, a shared text), 18.18.11 (types of cells).
struct Workbook {
    private let archive: ZipArchive
    /// The largest part, unpacked, in bytes (1 GiB).
    private static let partLimit = 1 << 30

    init(_ archive: ZipArchive) { self.archive = archive }

    /// The sheet as comma-separated values.
    ///
    /// - Throws: `badInput` when a part is absent or broken.
    func firstSheetAsCSV() throws(RouteGridError) -> [UInt8] {
        let name =
            archive.names.first { $0 == "xl/worksheets/sheet1.xml" }
            ?? archive.names.first { $0.hasPrefix("xl/worksheets/") && $0.hasSuffix(".xml") }
        guard let name, let sheet = try archive.content(name, limit: Self.partLimit) else {
            throw .badInput(archive.place, "an Excel file without a sheet")
        }
        let shared = try archive.content("xl/sharedStrings.xml", limit: Self.partLimit).map(Self.sharedTexts) ?? []
        var rows: [[String]] = []
        var scanner = MarkupScanner(sheet)
        var row: [String] = []
        var (column, type) = (0, "")
        var value = ""
        var isValue = false
        while let token = scanner.next() {
            switch token {
            case .open("row", _): row = []
            case .open("c", let attributes):
                column = attributes["r"].flatMap(Self.column) ?? row.count
                type = attributes["t"] ?? ""
                value = ""
            case .open("v", _), .open("t", _): isValue = true
            case .close("v"), .close("t"): isValue = false
            case .text(let text) where isValue: value += text
            case .close("c"):
                guard column < 16_384 else {
                    throw .badInput(archive.place, "a cell beyond the last column of a sheet")
                }
                if row.count <= column {
                    row.append(contentsOf: repeatElement("", count: column + 1 - row.count))
                }
                row[column] = try text(value, type: type, shared: shared)
            case .close("row"): if !row.allSatisfy(\.isEmpty) { rows.append(row) }
            default: break
            }
        }
        let width = rows.first?.count ?? 0
        guard let header = rows.first else { throw .badInput(archive.place, "an empty sheet") }
        var writer = CSVWriter(header: header)
        for row in rows.dropFirst() {
            guard row.count <= width else {
                throw .badInput(archive.place, "a row has \(row.count) cells, the header \(width)")
            }
            writer.append(row + repeatElement("", count: width - row.count))
        }
        return writer.bytes
    }

    private func text(_ value: String, type: String, shared: [String]) throws(RouteGridError) -> String {
        switch type {
        case "s":
            guard let index = Int(value), shared.indices.contains(index) else {
                throw .badInput(archive.place, "a cell names a shared text that is not there")
            }
            return shared[index]
        case "b": return value == "1" ? "true" : "false"
        case "e": return ""
        default: return value
        }
    }

    /// `BC12` is column 54, from 0.
    private static func column(_ reference: String) -> Int? {
        let letters = reference.prefix { $0.isASCII && $0.isLetter }
        guard !letters.isEmpty, letters.count <= 3 else { return nil }
        return letters.utf8.reduce(0) { $0 * 26 + Int($1 & 0x1f) } - 1
    }

    private static func sharedTexts(_ bytes: [UInt8]) -> [String] {
        var scanner = MarkupScanner(bytes)
        var texts: [String] = []
        var current = ""
        var (isText, isPhonetic) = (false, false)
        while let token = scanner.next() {
            switch token {
            case .open("si", _): current = ""
            case .close("si"): texts.append(current)
            case .open("rPh", _): isPhonetic = true
            case .close("rPh"): isPhonetic = false
            case .open("t", _): isText = !isPhonetic
            case .close("t"): isText = false
            case .text(let text) where isText: current += text
            default: break
            }
        }
        return texts
    }
}

/// Tags and texts of an XML file, in their order; prefixes of names are dropped.
private struct MarkupScanner {
    enum Token: Equatable {
        case open(String, [String: String])
        case close(String)
        case text(String)
    }

    private let bytes: [UInt8]
    private var offset = 0
    /// The end of a tag that was opened and closed at once.
    private var pending: Token?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Token? {
        if let token = pending {
            pending = nil
            return token
        }
        while offset < bytes.count {
            guard bytes[offset] == UInt8(ascii: "<") else {
                let end = bytes[offset...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                defer { offset = end }
                return .text(Self.plain(String(decoding: bytes[offset..<end], as: UTF8.self)))
            }
            guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
            let tag = String(decoding: bytes[offset + 1..<end], as: UTF8.self)
            offset = end + 1
            if tag.hasPrefix("?") || tag.hasPrefix("!") { continue }
            if tag.hasPrefix("/") { return .close(Self.local(tag.dropFirst())) }
            let isEmpty = tag.hasSuffix("/")
            let name = Self.local(tag.prefix { !$0.isWhitespace && $0 != "/" })
            if isEmpty { pending = .close(name) }
            return .open(name, Self.attributes(tag))
        }
        return nil
    }

    private static func local(_ name: Substring) -> String {
        String(name.split(separator: ":").last ?? "").withoutOuterBlanks
    }

    private static func attributes(_ tag: String) -> [String: String] {
        var attributes: [String: String] = [:]
        let parts = tag.split(separator: "\"", omittingEmptySubsequences: false)
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            let name = parts[index].split(whereSeparator: \.isWhitespace).last?.dropLast() ?? ""
            attributes[String(name)] = plain(String(parts[index + 1]))
        }
        return attributes
    }

    private static func scalar(_ digits: Substring, radix: Int) -> String {
        UInt32(digits, radix: radix).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? ""
    }

    private static func plain(_ text: String) -> String {
        guard text.contains("&") || text.contains("_x") else { return text }
        return text.replacing(/&#(x?)([0-9A-Fa-f]+);/) { found in
            scalar(found.2, radix: found.1.isEmpty ? 10 : 16)
        }
        .replacing(/_x([0-9A-Fa-f]{4})_/) { found in
            scalar(found.1, radix: 16)
        }
        .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
        .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
    }
}
