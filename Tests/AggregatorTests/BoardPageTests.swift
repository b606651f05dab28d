import Aggregator
import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Boards on a terminal.
@Suite struct BoardPageTests {
    private func tables(rows: Int, datasets: Int = 1) throws -> [BoardTable] {
        var records: [RecordFixture] = []
        for dataset in 0..<datasets {
            for number in 0..<rows {
                var record = RecordFixture.knn(Int64(number), shared: 1 - Double(number) / 1024)
                record.dataset = "dataset-\(dataset)"
                record.router = [
                    "kind": "mlp-with-a-long-name", "hidden": JSONValue(number), "learning_rate": "0.001",
                    "weight_decay": "0.0001",
                ]
                record.metrics["accuracy"] = ["v": 0.625]
                record.metrics["ps"] = ["v": 0.75]
                record.metrics["gain"] = ["v": -0.125]
                record.metrics["qnc"] = ["v": 0.5]
                record.metrics["mean_cost"] = ["v": 0.001]
                record.missingCount = number == 0 ? 1 : 0
                records.append(record)
            }
            for kind in ["best-single", "oracle"] {
                var record = RecordFixture.knn(1, shared: 0.001)
                record.dataset = "dataset-\(dataset)"
                record.router = ["kind": .string(kind)]
                records.append(record)
            }
        }
        let folder = try TemporaryFolder()
        try RecordFixture.write(records, to: folder.path("records.jsonl"))
        return try Aggregation([RecordSource(path: folder.path("records.jsonl"))]).board.tables(.brief)
    }

    @Test(arguments: [40, 60, 80, 100, 120, 200])
    func `no line is wider than the terminal, and router and ranking metric are always there`(width: Int) throws {
        let page = BoardPage(width: width)
        let text = page.text(try tables(rows: 900), bold: false)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.allSatisfy { SafeText.width($0) <= width }, "\(text)")
        #expect(lines.count < 36)
        #expect(text.contains("router") && text.contains("nAUC shared") && text.contains("0.9990"))
        #expect(text.contains("best-single") && text.contains("oracle"))
        #expect(text.contains("890 more rows") && text.contains("--all"))
    }

    @Test func `the whole board has every row and column`() throws {
        let text = BoardPage(isWhole: true, width: 80).text(try tables(rows: 100), bold: false)
        #expect(!text.contains("Not shown") && !text.contains("more row"))
        #expect(text.contains("hidden=99, learning_rate=0.001, weight_decay=0.0001"))
        #expect(text.contains("QNC") && text.contains("gain") && text.contains("Ps"))
    }

    @Test func `of many tables the first are shown and the others counted`() throws {
        let text = BoardPage(width: 80).text(try tables(rows: 2, datasets: 40), bold: false)
        #expect(text.contains("28 more tables"))
        #expect(text.contains("dataset-0") && !text.contains("dataset-9 "))
        let few = BoardPage(width: 200).text(try tables(rows: 11, datasets: 1), bold: false)
        #expect(few.contains("hidden=10") && !few.contains("more row"))
    }

    @Test func `columns go in the order of their worth`() throws {
        let tables = try tables(rows: 3)
        func titles(_ width: Int) -> Set<String> {
            let text = BoardPage(width: width).text(tables, bold: false)
            let line = text.split(separator: "\n").first { $0.contains("router ") && $0.contains("nAUC shared") } ?? ""
            return Set(["QNC", "Ps", "gain", "mean cost", "accuracy", "flags"].filter(line.contains))
        }
        #expect(titles(200) == ["QNC", "Ps", "gain", "mean cost", "accuracy", "flags"])
        // Accuracy and cost outlive all others; a column that is narrower than a dropped one may come back.
        for width in 80..<200 { #expect(titles(width).isSuperset(of: ["mean cost", "accuracy", "flags"]), "\(width)") }
        #expect(!titles(90).contains("QNC"))
    }
}
