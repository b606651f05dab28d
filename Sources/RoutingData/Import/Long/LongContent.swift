import Foundation
import RouteGridBase

/// What a long file holds, by its bytes.
enum LongContent {
    case table([UInt8], TableFormat)
    /// One document a line.
    case lines([UInt8])
    case document(JSONValue)
    case arrays(NumpyArchive)

    /// Reads a file, unpacked where it is gzip.
    ///
    /// - Throws: `badInput`; for a file of another kind with the command that makes it one of these.
    init(_ path: String, format: TableFormat) throws(RouteGridError) {
        let expected = "a table, JSON lines or JSON, in UTF-8"
        let bytes = try PackedFile.read(path)
        if bytes.starts(with: NumpyArchive.signature) {
            self = try Self.archive(bytes, path: path, expected: expected)
            return
        }
        if bytes.starts(with: "PAR1".utf8) {
            // Lines, because members that are structures have no column of their own.
            throw .badInput(
                path,
                "a Parquet file: expected \(expected); pip install duckdb, then: python3 -c \"import duckdb; "
                    + "duckdb.sql(\\\"COPY '\(path)' TO '\(ShellText.renamed(path, "jsonl"))' (FORMAT json)\\\")\""
            )
        }
        try FileKind.refuseBinary(bytes, place: path, expected: expected)
        let start = bytes.firstIndex { $0 > 0x20 && $0 < 0x7f } ?? bytes.endIndex
        switch start < bytes.endIndex ? bytes[start] : 0 {
        case UInt8(ascii: "["): self = .document(try Self.document(bytes, path: path))
        case UInt8(ascii: "{"):
            let line = bytes[start...].prefix { $0 != 0x0a }
            let isLine =
                line.last { $0 > 0x20 } == UInt8(ascii: "}") && (try? JSONValue(parsing: line, place: "")) != nil
            self = isLine ? .lines(bytes) : .document(try Self.document(bytes, path: path))
        case UInt8(ascii: "<"):
            guard let kind = FileKind.text(bytes) else { throw .badInput(path, "expected \(expected)") }
            throw kind.refusal(place: path, expected: expected)
        default:
            let text = bytes.dropFirst(ByteOrderMark.byteCount(of: bytes))
            var format = format
            if let other = format.otherSeparator(in: text) { format.separator = other }
            self = .table(bytes, format)
        }
    }

    private static func archive(
        _ bytes: [UInt8],
        path: String,
        expected: String
    ) throws(RouteGridError) -> LongContent {
        let archive = try ZipArchive(bytes: bytes, place: path)
        if archive.names.contains("xl/workbook.xml") {
            return .table(try Workbook(archive).firstSheetAsCSV(), TableFormat())
        }
        if archive.names.contains(where: { $0.hasSuffix(".npy") }) {
            return .arrays(try NumpyArchive(bytes: bytes, place: path))
        }
        if archive.names.contains(where: { $0 == "header.json" || $0 == "_journal/start.json" }) {
            throw .badInput(
                path,
                "a log of Inspect, whose form is not fixed; this prints it as JSON: inspect log dump "
                    + "\(ShellText.quoted(path)) > \(ShellText.quoted(ShellText.renamed(path, "json")))"
            )
        }
        if archive.names.contains(where: { $0.hasSuffix("data.pkl") }) {
            throw .badInput(
                path,
                "a PyTorch file holds a pickle, which can run code and is not read; convert it where you trust it: "
                    + "python3 -c 'import numpy, torch; numpy.save(\"\(ShellText.renamed(path, "npy"))\", "
                    + "torch.load(\"\(path)\").numpy())'"
            )
        }
        try FileKind.refuseBinary(bytes, place: path, expected: expected)
        throw .badInput(path, "a zip archive: expected \(expected)")
    }

    private static func document(_ bytes: [UInt8], path: String) throws(RouteGridError) -> JSONValue {
        do {
            return try parse(bytes, place: path)
        } catch {
            throw explained(error, path: path, isLines: false)
        }
    }

    /// The error of ``parse(_:place:)`` with the command that makes JSON of what Python wrote.
    static func explained(_ error: RouteGridError, path: String, isLines: Bool) -> RouteGridError {
        guard error.message.hasSuffix(missingAdvice) else { return error }
        let isPacked = path.hasSuffix(".gz")
        let target = ShellText.renamed(isPacked ? String(path.dropLast(3)) : path, isLines ? "null.jsonl" : "null.json")
        let value = "parse_constant=lambda _: None"
        let program =
            isLines
            ? "import json, sys; [print(json.dumps(json.loads(x, \(value)))) for x in sys.stdin]"
            : "import json, sys; json.dump(json.load(sys.stdin, \(value)), sys.stdout)"
        let read = "\(isPacked ? "zcat" : "cat") \(ShellText.quoted(path))"
        return RouteGridError(
            error.code,
            "\(error.message): \(read) | python3 -c '\(program)' > \(ShellText.quoted(target))"
        )
    }

    private static let missingAdvice = "NaN and Infinity are not JSON: write null where a value is missing"

    /// Reads a document; a literal NaN, which Python writes, is explained.
    static func parse(_ bytes: some Collection<UInt8>, place: String) throws(RouteGridError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes, place: place)
        } catch {
            let text = String(decoding: bytes.prefix(1 << 20), as: UTF8.self)
            guard text.contains("NaN") || text.contains("Infinity") else { throw error }
            throw RouteGridError(error.code, "\(error.message); \(missingAdvice)")
        }
    }
}
