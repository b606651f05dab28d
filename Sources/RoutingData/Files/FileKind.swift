package import RouteGridBase

/// What the first bytes of a file say it is, for files that are not what was expected.
package struct FileKind: Hashable, Sendable {
    /// With its article, such as `a Parquet file`.
    package let name: String
    /// What to do about it, where something else than saving it in the expected form is meant; `{F}` is the file, `{S}`
    /// the file without its ending, `{Q}` the file as a shell reads it, `{U}` a new file for it in UTF-8, `{Z}` what
    /// zstd needs to name the file that it writes.
    package let advice: String?

    private init(_ name: String, _ advice: String? = nil) { (self.name, self.advice) = (name, advice) }

    /// Refuses what is not text of the expected form.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, or its beginning.
    ///   - place: the file.
    ///   - expected: what it should be, such as `a CSV table in UTF-8`.
    /// - Throws: `badInput` that names the kind and what to do.
    package static func refuseBinary(
        _ bytes: [UInt8],
        place: String,
        expected: String
    ) throws(RouteGridError) {
        try PickleFile.refuse(bytes, place: place)
        guard let kind = binary(bytes) ?? encoding(bytes) else { return }
        throw kind.refusal(place: place, expected: expected)
    }

    /// The error for a file of this kind at `place`, where something `expected` should be.
    package func refusal(place: String, expected: String) -> RouteGridError {
        let stem = String(ShellText.renamed(place, "").dropLast())
        let advice = advice.map { advice in
            "; "
                + advice.replacing("{F}", with: place).replacing("{S}", with: stem)
                .replacing("{Q}", with: ShellText.quoted(place))
                .replacing("{U}", with: ShellText.quoted("\(place).utf8")).replacing("{Z}", with: target(place))
        }
        return .badInput(place, "\(name): expected \(expected)" + (advice ?? ""))
    }

    /// zstd writes no file by itself for a name that does not end in `.zst`.
    private func target(_ place: String) -> String {
        if place.hasSuffix(".zst") { return "" }
        let unpacked = place.hasSuffix(".zstd") ? String(place.dropLast(5)) : "\(place).unpacked"
        return " -o \(ShellText.quoted(unpacked))"
    }

    // MARK: Bytes

    /// First bytes, the longer of two that begin alike first.
    private static let signatures: [([UInt8], FileKind)] = [
        (
            ascii("PAR1"),
            FileKind(
                "a Parquet file",
                "pip install duckdb, then: python3 -c \"import duckdb; duckdb.sql(\\\"COPY '{F}' TO '{S}.csv'\\\")\""
            )
        ),
        (ascii("ARROW1"), arrow), (ascii("FEA1"), arrow),
        ([0x1f, 0x8b], FileKind("gzip-compressed", "unpack it first: gunzip {Q}")),
        ([0x28, 0xb5, 0x2f, 0xfd], FileKind("zstd-compressed", "unpack it first: zstd -d {Q}{Z}")),
        ([0xfd] + ascii("7zXZ"), FileKind("xz-compressed", "unpack it first: xz -d {Q}")),
        (ascii("BZh"), FileKind("bzip2-compressed", "unpack it first: bunzip2 {Q}")),
        ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], FileKind("a 7z archive", "unpack it first")),
        ([0x93] + ascii("NUMPY"), FileKind("a .npy array of numpy")),
        (
            [0x89] + ascii("HDF"),
            FileKind(
                "an HDF5 file",
                "export it first, in Python: pandas.read_hdf(\"{F}\").to_csv(\"{S}.csv\", index=False)"
            )
        ),
        (ascii("SQLite format 3"), FileKind("an SQLite database", "export the table first")),
        (ascii("%PDF"), FileKind("a PDF file")), ([0x89] + ascii("PNG"), FileKind("a PNG image")),
        ([0xff, 0xd8, 0xff], FileKind("a JPEG image")), ([0x7f] + ascii("ELF"), FileKind("a program")),
        ([0xd0, 0xcf, 0x11, 0xe0], FileKind("an old Excel or Word file", "open it there and save as CSV (UTF-8)")),
        (ascii("Obj\u{1}"), FileKind("an Avro file")), (ascii("ORC"), FileKind("an ORC file")),
        (
            ascii("version https://git-lfs.github.com/spec/"),
            FileKind("a Git LFS pointer, not the data themselves", "fetch them first: git lfs pull")
        ),
    ]
    private static let arrow = FileKind(
        "an Arrow or Feather file",
        "in Python: pandas.read_feather(\"{F}\").to_csv(\"{S}.csv\", index=False)"
    )

    /// What a file of another form than text is; Git LFS pointers too.
    package static func binary(_ bytes: [UInt8]) -> FileKind? {
        if let found = signatures.first(where: { bytes.starts(with: $0.0) }) { return found.1 }
        if bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4b, 0x05, 0x06]) {
            return zip(bytes)
        }
        // A safetensors file: a length of 8 bytes, then JSON.
        if bytes.count > 9, bytes[8] == UInt8(ascii: "{"), bytes[5..<8].allSatisfy({ $0 == 0 }) {
            return FileKind("a safetensors file")
        }
        return nil
    }

    private static func zip(_ bytes: [UInt8]) -> FileKind {
        // The directory of the archive, at its end, names the members.
        let names = String(decoding: bytes.prefix(4_096) + bytes.suffix(4_096), as: UTF8.self)
        if names.contains("xl/") || names.contains("[Content_Types].xml") {
            return FileKind(
                "an Excel file (xlsx)",
                "in Python: pandas.read_excel(\"{F}\").to_csv(\"{S}.csv\", index=False)"
            )
        }
        if names.contains(".npy") { return FileKind("a .npz archive of numpy") }
        if names.contains("opendocument") { return FileKind("a spreadsheet (ods)", "open it and save as CSV (UTF-8)") }
        return FileKind("a zip archive", "unpack it first")
    }

    /// How a text is encoded, when not in UTF-8 with at most one byte order mark.
    package static func encoding(_ bytes: [UInt8]) -> FileKind? {
        let advice = "save it as UTF-8, or: iconv -f UTF-16 -t UTF-8 {Q} > {U}"
        if bytes.starts(with: [0xff, 0xfe, 0, 0]) || bytes.starts(with: [0, 0, 0xfe, 0xff]) {
            return FileKind("text in UTF-32", "save it as UTF-8, or: iconv -f UTF-32 -t UTF-8 {Q} > {U}")
        }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            return FileKind("text in UTF-16", advice)
        }
        let mark = ByteOrderMark.byteCount(of: bytes)
        if mark > 0, ByteOrderMark.byteCount(of: bytes.dropFirst(mark)) > 0 {
            return FileKind("text with two byte order marks", "save it as UTF-8 anew")
        }
        // Latin letters in UTF-16 have a NUL each.
        let head = bytes.prefix(1_024)
        let zeros = head.indices.filter { head[$0] == 0 }
        guard !zeros.isEmpty else { return nil }
        let odd = zeros.count { $0 % 2 == 1 }
        if max(odd, zeros.count - odd) * 5 >= head.count * 2 {
            return FileKind("text in UTF-16 without a mark", advice)
        }
        return FileKind("binary data")
    }

    // MARK: Texts

    /// What a text of another form than a table is: JSON, JSON lines, HTML, XML, YAML of a dataset.
    package static func text(_ bytes: [UInt8]) -> FileKind? {
        let text = bytes.dropFirst(ByteOrderMark.byteCount(of: bytes)).prefix(4_096).drop { $0 <= 0x20 }
        guard let first = text.first else { return nil }
        switch first {
        case UInt8(ascii: "{"):
            let line = bytes.prefix { $0 != 0x0a }
            let isLines = line.last(where: { $0 > 0x20 }) == UInt8(ascii: "}") && line.count < bytes.count - 1
            return isLines
                ? FileKind(
                    "JSON lines",
                    "in Python: pandas.read_json(\"{F}\", lines=True).to_csv(\"{S}.csv\", index=False)"
                ) : json
        case UInt8(ascii: "["): return json
        case UInt8(ascii: "<"):
            let head = String(decoding: text.prefix(64), as: UTF8.self).lowercased()
            return head.hasPrefix("<!doctype html") || head.hasPrefix("<html")
                ? FileKind("an HTML page", "a download that needs a login or another address gives one")
                : FileKind("XML or HTML")
        default: return nil
        }
    }
    private static let json = FileKind("JSON", "in Python: pandas.read_json(\"{F}\").to_csv(\"{S}.csv\", index=False)")

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
}
