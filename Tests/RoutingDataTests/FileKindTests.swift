import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Files that are no table in UTF-8: the message says what each is and what to do.
struct FileKindTests {
    private let folder: TemporaryFolder
    private static let table = "sample_id,small_correct,small_cost\nq1,1,0.5\nq2,0,0.25\n"

    init() throws { folder = try TemporaryFolder() }

    private func refusal(_ bytes: [UInt8], name: String = "o.csv", format: TableFormat = TableFormat()) throws -> String
    {
        let path = try folder.write(bytes, to: name)
        let importer = CSVImporter(outcomes: path, format: format, labels: ImportLabels(name: "mine"))
        return message { _ = try importer.read() }.replacingOccurrences(of: folder.path + "/", with: "")
    }

    private static func utf16(_ text: String, bigEndian: Bool = false) -> [UInt8] {
        text.utf16.flatMap { unit in
            let pair = [UInt8(unit & 0xff), UInt8(unit >> 8)]
            return bigEndian ? pair.reversed() : pair
        }
    }

    private static let kinds: [(name: String, bytes: [UInt8], expected: String)] = [
        ("Parquet", Array("PAR1".utf8) + [0x15, 0, 1, 2], "a Parquet file: expected a table"),
        (
            "broken gzip", [0x1f, 0x8b, 8, 0, 1], "the gzip data are broken or cut off"
        ),
        ("zstd", [0x28, 0xb5, 0x2f, 0xfd, 0], "zstd-compressed"), ("xz", [0xfd] + Array("7zXZ".utf8), "xz-compressed"),
        ("bzip2", Array("BZh91AY".utf8), "bzip2-compressed"),
        (
            "xlsx", [0x50, 0x4b, 3, 4] + Array("....[Content_Types].xml....xl/workbook.xml".utf8),
            "an Excel file (xlsx): expected"
        ),
        ("zip", [0x50, 0x4b, 3, 4] + Array("....data.csv".utf8), "a zip archive"),
        ("npz", [0x50, 0x4b, 3, 4] + Array("....Y.npy".utf8), "a .npz archive of numpy"),
        ("npy", [0x93] + Array("NUMPY".utf8) + [1, 0], "a .npy array of numpy"),
        ("xls", [0xd0, 0xcf, 0x11, 0xe0, 0xa1], "an old Excel or Word file"),
        ("Arrow", Array("ARROW1\0\0".utf8), "an Arrow or Feather file"),
        ("HDF5", [0x89] + Array("HDF\r\n".utf8), "an HDF5 file"),
        ("SQLite", Array("SQLite format 3\0".utf8), "an SQLite database"),
        ("pickle", [0x80, 4, 0x95], "a pickle can run code and is not read"),
        ("text pickle", Array("(lp0\nI1\na.".utf8), "a pickle can run code and is not read"),
        ("LFS", Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n".utf8), "a Git LFS pointer"),
        ("JSON lines", Array("{\"sample_id\": \"a\"}\n{\"sample_id\": \"b\"}\n".utf8), "JSON lines: expected"),
        ("JSON object", Array("{\n \"a\": [1, 2]\n}\n".utf8), "JSON: expected"),
        ("JSON list", Array(" [1, 2]".utf8), "JSON: expected"),
        ("HTML", Array("\n<!DOCTYPE html>\n<html>".utf8), "an HTML page"),
        ("XML", Array("<?xml version=\"1.0\"?>".utf8), "XML or HTML"),
        ("UTF-16", [0xff, 0xfe] + utf16(table), "text in UTF-16: expected"),
        ("UTF-16 BE", [0xfe, 0xff] + utf16(table, bigEndian: true), "text in UTF-16: expected"),
        ("UTF-16 without mark", utf16(table), "text in UTF-16 without a mark"),
        ("UTF-16 BE without mark", utf16(table, bigEndian: true), "text in UTF-16 without a mark"),
        ("UTF-32", [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0], "text in UTF-32"),
        ("two marks", Array("\u{FEFF}\u{FEFF}a,b\n1,2\n".utf8), "text with two byte order marks"),
        ("NULs", Array("sample_id,a\0,b\n".utf8), "binary data"),
        ("sep=,", Array("sep=,\n\(table)".utf8), "the line \"sep=,\" is a note for Excel and not a header"),
        (
            "sep=;", Array("sep=;\n\(table.replacingOccurrences(of: ",", with: ";"))".utf8),
            "the line \"sep=;\" is a note"
        ),
    ]

    @Test(arguments: kinds.indices)
    func `each kind is named`(index: Int) throws {
        let kind = Self.kinds[index]
        let found = try refusal(kind.bytes)
        #expect(found.contains(kind.expected) && found.hasPrefix("o.csv:"), "\(kind.name): \(found)")
        // A kind is told by its bytes, whatever the file is named.
        #expect(try refusal(kind.bytes, name: "o.txt").contains(kind.expected), "\(kind.name)")
    }

    @Test(arguments: kinds.indices)
    func `a list of names and an embedding of another kind are named too`(index: Int) throws {
        let kind = Self.kinds[index]
        let path = try folder.write(kind.bytes, to: "names")
        let importer = VLRouterBenchImporter(
            quality: path,
            cost: path,
            sampleNames: path,
            modelNames: path,
            text: path,
            labels: ImportLabels(name: "vl")
        )
        #expect(!message { _ = try importer.read() }.isEmpty, "\(kind.name)")
        let table = try folder.write(Self.table, to: "good.csv")
        let embedded = CSVImporter(outcomes: table, text: path, labels: ImportLabels(name: "mine"))
        let found = message { _ = try embedded.read() }
        #expect(found.contains("names: "), "\(kind.name): \(found)")
    }

    @Test(arguments: TableFormat.Separator.allCases)
    func `another separator is named, and read when it is asked for`(separator: TableFormat.Separator) throws {
        let mark = ["comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"][separator.rawValue] ?? ""
        let bytes = Array(Self.table.replacingOccurrences(of: ",", with: mark).utf8)
        let path = try folder.write(bytes, to: "t")
        let importer = CSVImporter(
            outcomes: path,
            format: TableFormat(separator: separator),
            labels: ImportLabels(name: "mine")
        )
        #expect(try importer.read().dataset.cost?.elements == [0.5, 0.25])
        for other in TableFormat.Separator.allCases where other != separator {
            let found = try refusal(bytes, format: TableFormat(separator: other))
            #expect(found.contains("separated by \(separator.rawValue)s: expected \(other.rawValue)s"), "\(found)")
            #expect(found.contains("--separator \(separator.rawValue) reads it"))
        }
    }

    @Test func `decimal commas are named, and read when they are asked for`() throws {
        let text = "sample_id;m_correct;m_cost\nq1;1;0,5\nq2;0;1,25e-3\n"
        let semicolons = TableFormat(separator: .semicolon)
        #expect(
            try refusal(Array(text.utf8), format: semicolons).contains("\"0,5\"; --decimal comma reads decimal commas")
        )
        let commas = TableFormat(separator: .semicolon, decimal: .comma)
        let path = try folder.write(text, to: "d.csv")
        let importer = CSVImporter(outcomes: path, format: commas, labels: ImportLabels(name: "mine"))
        #expect(try importer.read().dataset.cost?.elements == [0.5, 0.00125])
        for wrong in ["0.5", "1.000,5", "1,2,3"] {
            let found = try refusal(Array(text.replacingOccurrences(of: "0,5", with: wrong).utf8), format: commas)
            #expect(found.contains("column \"m_cost\": expected a number, found \"\(wrong)\""), "\(found)")
        }
    }
}
