import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Everything that is wrong is reported at once; values and units have stated ranges.
struct ImportProblemsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Every message of the error that an import ends with.
    private func problems(
        _ outcomes: String,
        text: String? = nil,
        meta: String? = nil,
        tokens: String? = nil,
        ignored: [String] = []
    ) throws -> [String] {
        let importer = CSVImporter(
            outcomes: try folder.write(outcomes, to: "o.csv"),
            text: text,
            meta: try meta.map { try folder.write($0, to: "m.csv") },
            tokens: try tokens.map { try folder.write($0, to: "t.csv") },
            ignored: ignored,
            labels: ImportLabels(name: "mine")
        )
        do {
            _ = try importer.read()
            return []
        } catch {
            #expect(error.code == .badInput)
            return error.lines.map { $0.replacingOccurrences(of: folder.path + "/", with: "") }
        }
    }

    @Test func `wrong cells of several rows and files come together`() throws {
        let found = try problems(
            "sample_id,a_correct,a_cost,b_correct,b_cost\nx,1,zero,2,1\nx,0,,1,-1\n,1,1,1,1e300\n",
            text: Fixtures.golden("npy/f4.npy"),
            meta: "sample_id,question\nx,q\n",
            tokens: "sample_id,a_tok_in,c_tok_in\nx,-1,2\n"
        )
        for expected in [
            "o.csv:2: column \"a_cost\": expected a number, found \"zero\"",
            "o.csv:2: column \"b_correct\": expected correctness 0…1, found 2",
            "o.csv:3: column \"a_cost\": empty, but \"a_correct\" is not",
            "o.csv:3: column \"b_cost\": expected a cost of 0 or more, found -1",
            "o.csv:4: column \"b_cost\": expected a cost of 0, or 1e-18 to 1e+18, found 1e+300",
            "o.csv:3: column \"sample_id\": sample id \"x\" occurs twice", "o.csv:4: column \"sample_id\": empty",
        ] {
            #expect(found.contains { $0.hasPrefix(expected) }, "\(expected) of \(found)")
        }
        #expect(found.contains { $0.hasSuffix("f4.npy: 2 rows, but o.csv has 3 samples") }, "\(found)")
    }

    @Test func `all unknown columns are named with what is near`() throws {
        let found = try problems(
            "sample_idd,answer,m_corect,m_cost,n_correct,n_csot\nx,y,1,1,1,1\n",
            ignored: ["aswer"]
        )
        #expect(found.contains { $0.hasPrefix("o.csv:1: unknown column \"sample_idd\", did you mean \"sample_id\"?") })
        #expect(found.contains { $0.hasPrefix("o.csv:1: unknown column \"answer\"") })
        #expect(found.contains { $0.hasPrefix("o.csv:1: unknown column \"m_corect\", did you mean \"m_correct\"?") })
        #expect(found.contains { $0.hasPrefix("o.csv:1: unknown column \"n_csot\", did you mean \"n_cost\"?") })
        #expect(found.contains("o.csv:1: no column \"aswer\"; did you mean \"answer\"?"))
        let ignored = ["sample_idd", "answer"]
        #expect(try problems("sample_idd,answer,m_correct,m_cost\nx,y,1,1\n", ignored: ignored).isEmpty)
    }

    @Test func `more than twenty problems are counted`() throws {
        let rows = (0..<500).map { "s\($0),2,1\n" }.joined()
        let found = try problems("sample_id,m_correct,m_cost\n\(rows)")
        #expect(found.count == 21 && found[20] == "and 480 more problems")
        #expect(found[0].hasPrefix("o.csv:2: ") && found[19].hasPrefix("o.csv:21: "))
        let short = (0..<30).map { "s\($0),1\n" }.joined()
        #expect(try problems("sample_id,m_correct,m_cost\n\(short)").last == "and 10 more problems")
    }

    @Test(arguments: [
        ("m_cost", "1e308"), ("m_cost", "1e19"), ("m_cost", "1e-19"), ("m_cost", "5e-324"), ("m_cost", "1e-400"),
        ("m_cost", "1e999"), ("m_cost", "-1e-300"), ("m_cost", "nan"), ("m_cost", "-inf"), ("m_cost", "0x1p3"),
        ("m_correct", "1.0000000001"), ("m_correct", "-0.1"), ("m_correct", "1e400"),
        ("m_correct", "-9223372036854775808"),
        ("m_tokens_in", "1e13"), ("m_tokens_in", "-1"), ("m_tokens_out", "1e-7"), ("m_tokens_out", "inf"),
        ("m_tokens_total", "1e200"), ("m_tokens_total", "-9223372036854775808"),
    ])
    func `a value beyond its range is refused with its place`(column: String, value: String) throws {
        let names = ["m_correct", "m_cost", "m_tokens_in", "m_tokens_out", "m_tokens_total"]
        let row = names.map { $0 == column ? value : "1" }.joined(separator: ",")
        let found = try problems("sample_id,\(names.joined(separator: ","))\nx,1,1,1,1,2\ny,\(row)\n")
        #expect(found.count == 1 && found[0].hasPrefix("o.csv:3: column \"\(column)\": "), "\(found)")
    }

    @Test func `the ends of the ranges are read, and a negative zero is zero`() throws {
        let outcomes = "m_correct,m_cost,m_tokens_in,m_tokens_out\n1e-300,1e18,1e12,1e-6\n-0,-0,-0,0\n0.5,1e-18,1,1\n"
        let path = try folder.write(outcomes, to: "o.csv")
        let dataset = try CSVImporter(outcomes: path, labels: ImportLabels(name: "mine")).read().dataset
        #expect(dataset.cost?.elements == [1e18, 0, 1e-18] && dataset.tokensIn?.elements == [1e12, 0, 1])
        #expect(dataset.cost?[1, 0].sign == .plus && dataset.quality[1, 0].sign == .plus)
        try dataset.write(to: folder.path("d"))
        #expect(try Dataset.load(folder: folder.path("d")) == dataset)
    }

    @Test(arguments: [
        ("USD", "USD"), ("usd", "USD"), ("$", "USD"), (" Usd ", "USD"), ("US$", "USD"), ("dollars", "USD"),
        ("MAC", "MAC"),
        ("J", "J"), ("kWh", "kWh"), ("€", "€"),
    ])
    func `a cost unit is named in one way`(given: String, stored: String) throws {
        let path = try folder.write("m_correct,m_cost\n1,1\n", to: "o.csv")
        let labels = ImportLabels(name: "mine", costUnit: given)
        #expect(try CSVImporter(outcomes: path, labels: labels).read().dataset.costUnit == stored)
    }

    @Test(arguments: ["", "  ", "a\nb", "U\u{1B}SD", "\u{202E}USD", String(repeating: "x", count: 33)])
    func `what is no cost unit is refused`(given: String) throws {
        let path = try folder.write("m_correct,m_cost\n1,1\n", to: "o.csv")
        let labels = ImportLabels(name: "mine", costUnit: given)
        do {
            _ = try CSVImporter(outcomes: path, labels: labels).read()
            Issue.record("no error")
        } catch {
            #expect(error.code == .usage && error.message.contains("expected USD, MAC, J"))
        }
    }

    @Test func `tokens do without costs, and neither is refused`() throws {
        let outcomes = "sample_id,a_correct,a_tokens_in,a_tokens_out,a_tokens_total\nx,1,5,6,11\ny,,,,\nz,1,0,0,90\n"
        let path = try folder.write(outcomes, to: "o.csv")
        let (dataset, report) = try CSVImporter(outcomes: path, labels: ImportLabels(name: "mine")).read()
        #expect(dataset.cost == nil && dataset.costUnit == nil && dataset.tokensTotal?[0, 0] == 11)
        #expect(report.text.contains("no costs: a price sheet makes them of tokens"))
        #expect(report.models[0].missing == 1 && report.models[0].emptyUsageRight == 1)
        #expect(report.models[0].wrongTotals == 1)
        try dataset.write(to: folder.path("d"))
        #expect(try Dataset.load(folder: folder.path("d")) == dataset)
        #expect(PoolSummary(of: dataset).bestSingle == "a" && PoolSummary(of: dataset).cheapest.isEmpty)
        let none = try problems("sample_id,a_correct,a_tokens_in\nx,1,2\n")
        #expect(none.count == 1 && none[0].hasPrefix("o.csv:1: no costs: expected columns MODEL_cost, or"), "\(none)")
        let half = try problems("sample_id,a_correct,a_cost,b_correct\nx,1,2,1\n")
        #expect(half == ["o.csv:1: column \"b_correct\" has no partner \"b_cost\""])
    }

    @Test(arguments: ["True", "true", "TRUE", "False", "false", "FALSE"])
    func `truth values are read when they are asked for, and by MMR-Bench, whose own tool writes them`(word: String)
        throws
    {
        let outcomes = "sample_id,m_correct,m_cost\nx,\(word),1\ny,0.5,1\n"
        let found = try problems(outcomes)
        #expect(
            found[0].contains(
                "o.csv:2: column \"m_correct\": expected a number, found \"\(word)\"; --values bool reads"
            )
        )
        let path = try folder.write(outcomes, to: "o.csv")
        let value = word.lowercased() == "true" ? 1.0 : 0
        let read = try CSVImporter(outcomes: path, values: .bool, labels: ImportLabels(name: "mine")).read().dataset
        #expect(read.quality.elements == [value, 0.5])
        let merged = try folder.write(
            "dataset_idx,question,m_prediction,m_correct,m_token,m_cost\nMMStar_0,q,t,\(word),1,0.0\nMMStar_1,q,t,1,1,1\n",
            to: "m.csv"
        )
        let mmr = try MMRBenchImporter(source: .merged(merged), labels: ImportLabels(name: "mmr")).read().dataset
        #expect(mmr.quality.elements == [value, 1])
        let cost = try problems("sample_id,m_correct,m_cost\nx,1,\(word)\n")
        #expect(cost[0].contains("column \"m_cost\": expected a number"))
        let odd = try problems("sample_id,m_correct,m_cost\nx,tRUE,1\n")
        #expect(odd[0].contains("expected a number, found \"tRUE\""))
    }

    @Test func `an absolute image path stands for itself`() throws {
        try folder.write(
            "question,img_path,m_correct,m_cost\nq,/data/toy/0.jpg,1,1\nr,1.jpg,0,1\ns,,0,1\n",
            to: "toy.csv"
        )
        let source = MMRBenchImporter.Source.folder(folder.path, datasets: ["toy"])
        let dataset = try MMRBenchImporter(source: source, labels: ImportLabels(name: "toy")).read().dataset
        #expect(dataset.samples.map(\.image) == ["/data/toy/0.jpg", "toy/1.jpg", ""])
    }

    @Test func `what is left out must be in one of the tables`() throws {
        try folder.write("question,note,m_correct,m_cost\nq,n,1,1\n", to: "one.csv")
        try folder.write("question,m_correct,m_cost\nq,1,1\n", to: "two.csv")
        let source = MMRBenchImporter.Source.folder(folder.path, datasets: ["one", "two"])
        let labels = ImportLabels(name: "mmr")
        #expect(
            try MMRBenchImporter(source: source, ignored: ["note"], labels: labels).read().dataset.samples.count == 2
        )
        let wrong = MMRBenchImporter(source: source, ignored: ["note", "nope"], labels: labels)
        #expect(message { _ = try wrong.read() }.contains("one.csv:1: no column \"nope\""))
    }

    @Test func `low coverage and twins are pointed at`() throws {
        let rows = (0..<10).map { "s\($0),g\($0),q\($0 % 5),1,1,\($0 < 2 ? "1,1" : ",")\n" }.joined()
        let path = try folder.write("sample_id,group,question,a_correct,a_cost,b_correct,b_cost\n\(rows)", to: "o.csv")
        let report = try CSVImporter(outcomes: path, labels: ImportLabels(name: "mine")).read().report
        #expect(report.warnings.contains("answered less than 90 % of the samples: b 20 %"))
        #expect(report.repeatedQuestions == 5)
        let grouped = try CSVImporter(outcomes: path, group: "question", labels: ImportLabels(name: "mine")).read()
            .report
        #expect(grouped.repeatedQuestions == 0)
    }

    @Test func `a table of a hundred thousand columns is read or refused in seconds`() throws {
        let names = (0..<50_000).map { "m\($0)_correct,m\($0)_cost" }.joined(separator: ",")
        let row = Array(repeating: "1,1", count: 50_000).joined(separator: ",")
        let path = try folder.write("\(names)\n\(row)\n", to: "wide.csv")
        let began = ContinuousClock.now
        _ = try? CSVImporter(outcomes: path, labels: ImportLabels(name: "mine")).read()
        let wrong = try folder.write(
            "\(names.replacingOccurrences(of: "_cost", with: "_cots"))\n\(row)\n",
            to: "wrong.csv"
        )
        let importer = CSVImporter(outcomes: wrong, labels: ImportLabels(name: "mine"))
        #expect(message { _ = try importer.read() }.contains("unknown column \"m0_cots\""))
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    @Test func `more models than a pool may have are refused at once`() throws {
        let count = 500_000
        let names = (0..<count).map { "m\($0)_correct,m\($0)_cost" }.joined(separator: ",")
        let row = Array(repeating: "1,1", count: count).joined(separator: ",")
        let path = try folder.write("\(names)\n\(row)\n", to: "wide.csv")
        let importer = CSVImporter(outcomes: path, labels: ImportLabels(name: "mine"))
        let began = ContinuousClock.now
        #expect(message { _ = try importer.read() }.hasSuffix("500000 models: expected at most 65535 in one pool"))
        #expect(ContinuousClock.now - began < .seconds(20))
    }
}
