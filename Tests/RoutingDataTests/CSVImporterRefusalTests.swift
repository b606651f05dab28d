import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Tables that cannot be right: each gives one line with file, line and column, and nothing is written.
struct CSVImporterRefusalTests {
    private let folder: TemporaryFolder
    private static let good = "sample_id,m_correct,m_cost,n_correct,n_cost\nx,1,0.5,0,2\ny,0,0.5,1,2\n"

    init() throws { folder = try TemporaryFolder() }

    private func refusal(
        _ outcomes: String,
        text: String? = nil,
        meta: String? = nil,
        tokens: String? = nil,
        group: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let path = try folder.write(outcomes, to: "o.csv")
        let found = message(
            {
                let importer = CSVImporter(
                    outcomes: path,
                    text: text,
                    meta: try meta.map { try folder.write($0, to: "m.csv") },
                    tokens: try tokens.map { try folder.write($0, to: "t.csv") },
                    group: group,
                    labels: ImportLabels(name: "mine")
                )
                try importer.read().dataset.write(to: folder.path("out"))
            },
            sourceLocation: sourceLocation
        )
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
        return found.replacingOccurrences(of: folder.path + "/", with: "")
    }

    @Test(arguments: [
        ("y,0,0.5,1,2", "y,0,abc,1,2", "o.csv:3: column \"m_cost\": expected a number, found \"abc\""),
        ("y,0,0.5,1,2", "y,nan,0.5,1,2", "o.csv:3: column \"m_correct\": a literal \"nan\" is refused"),
        ("y,0,0.5,1,2", "y,0,inf,1,2", "o.csv:3: column \"m_cost\": a literal \"inf\" is refused"),
        ("y,0,0.5,1,2", "y,1.01,0.5,1,2", "o.csv:3: column \"m_correct\": expected correctness 0…1, found 1.01"),
        ("y,0,0.5,1,2", "y,-1,0.5,1,2", "o.csv:3: column \"m_correct\": expected correctness 0…1, found -1"),
        ("y,0,0.5,1,2", "y,0,-0.5,1,2", "o.csv:3: column \"m_cost\": expected a cost of 0 or more, found -0.5"),
        ("y,0,0.5,1,2", "y,0,,1,2", "o.csv:3: column \"m_cost\": empty, but \"m_correct\" is not"),
        ("y,0,0.5,1,2", "y,,0.5,1,2", "o.csv:3: column \"m_correct\": empty, but \"m_cost\" is not"),
        ("y,0,0.5,1,2", "x,0,0.5,1,2", "o.csv:3: column \"sample_id\": sample id \"x\" occurs twice; first on line 2"),
        ("y,0,0.5,1,2", ",0,0.5,1,2", "o.csv:3: column \"sample_id\": empty: expected a sample id"),
        ("y,0,0.5,1,2", "y,0,0.5,1", "o.csv:3: expected 5 fields, found 4"),
        ("n_cost", "n_cots", "o.csv:1: unknown column \"n_cots\", did you mean \"n_cost\"?: expected"),
        (",n_cost", ",n_tokens_in", "o.csv:1: column \"n_correct\" has no partner \"n_cost\""),
        (",m_correct", ",n_tokens_out", "o.csv:1: column \"m_cost\" has no partner \"m_correct\""),
        ("n_cost", "m_cost", "o.csv:1: column \"m_cost\" occurs twice"),
        ("x,1,0.5,0,2\ny,0,0.5,1,2\n", "", "o.csv: no rows below the header"),
    ])
    func `a wrong cell or column is named`(old: String, new: String, expected: String) throws {
        #expect(Self.good.contains(old))
        let found = try refusal(Self.good.replacingOccurrences(of: old, with: new))
        #expect(found.hasPrefix(expected), "\(found)")
    }

    @Test func `a table without models, an absent file and a pickle are refused`() throws {
        #expect(try refusal("sample_id,question\nx,y\n").hasPrefix("o.csv:1: no model: expected columns MODEL_"))
        let absent = CSVImporter(outcomes: "/nowhere/o.csv", labels: ImportLabels(name: "mine"))
        #expect(message { _ = try absent.read() } == "/nowhere/o.csv: no such file or folder")
        let pickle = try folder.write([0x80, 0x05, 0x95, 0, 0], to: "o.pkl")
        let pickled = CSVImporter(outcomes: pickle, labels: ImportLabels(name: "mine"))
        #expect(message { _ = try pickled.read() }.contains("o.pkl: a pickle can run code and is not read"))
    }

    @Test func `embeddings must fit the table`() throws {
        let six = try refusal(Self.good, text: Fixtures.golden("digits_vqa/head/text_emb.npy"))
        #expect(six.hasSuffix("text_emb.npy: 6 rows, but o.csv has 2 samples"), "\(six)")
        let whole = try refusal(Self.good, text: Fixtures.golden("npy/i4.npy"))
        #expect(whole.hasSuffix("i4.npy: dtype \"<i4\": expected <f2, <f4 or <f8"), "\(whole)")
        let half = try refusal(Self.good, text: Fixtures.golden("npy/big-endian.npy"))
        #expect(half.contains("element type \">f4\""))
        #expect(try refusal(Self.good, text: folder.path("absent.npy")) == "absent.npy: no such file or folder")
        #expect(try refusal(Self.good, text: folder.path("o.csv")).contains("o.csv: not a .npy file"))
        let text = try FileBytes.read(Fixtures.golden("npy/f4.npy"))
        let nan = try folder.write(text.dropLast(4) + [0, 0, 0xc0, 0x7f], to: "nan.npy")
        #expect(
            try refusal(Self.good, text: nan).contains("nan.npy: row 1, column 2 (from 0): expected a finite number")
        )
        let huge = try folder.write(text.dropLast(4) + [0xf5, 0x02, 0x05, 0x6a], to: "huge.npy")
        #expect(
            try refusal(Self.good, text: huge).contains(
                "huge.npy: row 1, column 2 (from 0): expected a finite number of at most 1e15 in size, found 4.0"
            )
        )
    }

    @Test func `side tables must know every sample`() throws {
        let side = try refusal(Self.good, meta: "sample_id,task\nx,a\n", group: "task")
        #expect(side == "m.csv: no row for sample \"y\"")
        #expect(try refusal(Self.good, meta: "id,task\nx,a\n").hasPrefix("m.csv:1: no column \"sample_id\""))
        let column = try refusal(Self.good, meta: "sample_id,task\nx,a\ny,b\n", group: "tsak")
        #expect(column == "m.csv: no column \"tsak\" to group by; did you mean \"task\"?")
        let empty = try refusal(Self.good, meta: "sample_id,task\nx,a\ny,\n", group: "task")
        #expect(empty == "o.csv: sample \"y\" has an empty task")
        let stranger = try refusal(Self.good, tokens: "sample_id,k_tok_in\nx,1\ny,2\n")
        #expect(stranger.hasPrefix("t.csv:1: model \"k\" has no outcomes"))
        let negative = try refusal(Self.good, tokens: "sample_id,m_tok_in\nx,1\ny,-2\n")
        #expect(negative == "t.csv:3: column \"m_tok_in\": expected a token count of 0 or more, found -2")
    }
}
