import Aggregator
import Foundation
import PlantedTrials
import Report
import RouteGridBase
import Testing

@Suite struct ReportPageTests {
    /// A small board with everything on it: two tables, a verdict with bounds, several routers, references, a bound.
    static func board() throws -> Leaderboard {
        var generator = Xoshiro256(trial: "report", seed: 1, table: 0)
        var table = PlantedTable(models: 3)
        for row in 0..<400 {
            let side = generator.uniform() < 0.5
            table.add(
                "row \(row)",
                quality: [generator.outcome(side ? 0.9 : 0.3), generator.outcome(side ? 0.3 : 0.9), 0],
                cost: [1 + generator.uniform(), 20 + generator.uniform(), 2],
                text: [Float(side ? 1 : -1) + 0.1 * Float(generator.normal())] + generator.noise(3)
            )
        }
        return try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.3, dev: 0.2, test: 0.5, seed: 1}]
                modality: [text]
                routers:
                  - {kind: linear, l2: [0.001, 0.1]}
                  - {kind: knn, k: [25, 50]}
                  - {kind: kmeans, clusters: 4}
                  - best-single
                  - cheapest
                  - oracle
                  - random-mix
                seeds: [0, 1, 2]
                budgets: {rule: threshold, at: [exact, 0.5x, 1x]}
                """
        ).board()
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `page and picture are well-formed and say what the board says`() throws {
        let board = try Self.board()
        let page = Self.text(ReportFiles.html(of: board))
        let reader = MarkupReader(MarkupReader.page(page))
        #expect(reader.failure == nil)
        #expect(reader.elements.count { $0 == "section" } == board.sections.count + 1)
        for verdict in board.verdicts {
            #expect(page.contains(verdict.text.replacing("'", with: "&#39;")))
            for check in verdict.trust { #expect(page.contains(check.text)) }
        }
        #expect(page.contains("id=\"t1-r1\"") && page.contains("Who wins where"))
        let picture = MarkupReader(Self.text(ReportFiles.plot(of: board)))
        #expect(picture.failure == nil)
        #expect(
            picture.elements.first == "svg" && picture.elements.contains("title") && picture.elements.contains("desc")
        )
    }

    @Test func `a page has where queries go, pairs to compare, lines of equal bill and a table for papers`() throws {
        let board = try Self.board()
        let page = Self.text(ReportFiles.html(of: board))
        #expect(page.contains("Where queries go") && page.contains("gap closed"))
        let reader = MarkupReader(MarkupReader.page(page))
        func has(_ name: String, _ value: String) -> Bool {
            reader.attributes.contains { $0.name == name && $0.value == value }
        }
        #expect(has("data-save", "tex"))
        #expect(has("id", "isobill-t1") && has("class", "isobill"))
        #expect(reader.attributes.count { $0.name == "data-pair" && $0.value == "t1" } == 3)
        // Only a page has a script that draws lines of equal bill.
        #expect(!Self.text(ReportFiles.plot(of: board)).contains("class=\"isobill\""))
        // The differences are those of comparisons.json.
        let start = try #require(page.range(of: "id=\"data\">"))
        let end = try #require(page[start.upperBound...].range(of: "</script>"))
        let data = try JSONValue(parsing: page[start.upperBound..<end.lowerBound].utf8, place: "data")
        let first = try #require(data["tables"]?.arrayValue?.first?["pairs"]?["pairs"]?.arrayValue?.first?.arrayValue)
        let document = try JSONValue(parsing: ComparisonTable(board).jsonBytes, place: "comparisons")
        let listed = try #require(document["pairs"]?.arrayValue).filter { $0["table"] == 1 }
        for (shown, pair) in zip(first, listed) {
            for (place, name) in ["difference", "lo", "hi", "p_table"].enumerated() {
                let value = try #require(pair[name]?.numberValue)
                let found = try #require(shown.arrayValue?[place].numberValue)
                #expect(abs(found - value) <= 5.1e-7, "\(pair)")
            }
        }
        #expect(first.count > 1)
    }

    @Test func `the same board gives the same bytes`() throws {
        let (one, other) = (try Self.board(), try Self.board())
        #expect(ReportFiles.html(of: one) == ReportFiles.html(of: other))
        #expect(ReportFiles.plot(of: one) == ReportFiles.plot(of: other))
    }

    @Test func `a page asks the network for nothing and runs its own script alone`() throws {
        let page = Self.text(ReportFiles.html(of: try Self.board()))
        let reader = MarkupReader(MarkupReader.page(page))
        for (element, name, value) in reader.attributes {
            if ["src", "srcset", "action", "formaction", "data", "xlink:href"].contains(name) {
                Issue.record("\(element) has \(name)")
            }
            if name == "href" { #expect(!value.contains(":") && !value.hasPrefix("/"), "\(value)") }
            #expect(!name.hasPrefix("on") && name != "style", "\(element) has \(name)")
        }
        #expect(!reader.elements.contains { ["iframe", "object", "embed", "link", "base", "form"].contains($0) })
        // The one address is the name of a namespace.
        #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains("http:"))
        #expect(!page.contains("https:") && !page.contains("@import") && !page.contains("url("))
        // The policy names the script and the style that are there.
        let policy = try #require(reader.attributes.first { $0.value.hasPrefix("default-src 'none'") }).value
        for (name, tag) in [("script", "<script>"), ("style", "<style>")] {
            let start = try #require(page.range(of: tag, options: name == "script" ? .backwards : []))
            let end = try #require(page[start.upperBound...].range(of: "</\(name)>"))
            let body = page[start.upperBound..<end.lowerBound]
            let hash = Data(Digest(hashing: body.utf8).bytes).base64EncodedString()
            #expect(policy.contains("\(name)-src 'sha256-\(hash)'"))
        }
    }

    @Test func `hostile names are text and nothing else`() throws {
        let board = try HostileBoard.board()
        let page = Self.text(ReportFiles.html(of: board))
        let reader = MarkupReader(MarkupReader.page(page))
        #expect(reader.failure == nil)
        #expect(!reader.elements.contains("img"))
        // Ours: the data and the script.
        #expect(page.components(separatedBy: "<script").count == 3)
        #expect(page.components(separatedBy: "</script").count == 3)
        for scalar in page.unicodeScalars {
            #expect(scalar == "\n" || !SafeText.isHidden(scalar), "U+\(String(scalar.value, radix: 16))")
            if scalar != "\n", SafeText.isHidden(scalar) { break }
        }
        let picture = Self.text(ReportFiles.plot(of: board))
        #expect(MarkupReader(picture).failure == nil)
        #expect(!picture.contains("<script") && !picture.contains("<img"))
        // Nothing that a record holds ends the data of the script.
        let start = try #require(page.range(of: "id=\"data\">"))
        let end = try #require(page[start.upperBound...].range(of: "</script>"))
        let data = String(page[start.upperBound..<end.lowerBound])
        #expect(try JSONValue(parsing: data.utf8, place: "data")["tables"]?.arrayValue != nil)
    }

    @Test func `of very many rows the best are shown, and the others counted`() throws {
        let board = try HostileBoard.board(datasets: ["one"], parameters: (0..<5_000).map { "model \($0)" })
        let page = Self.text(ReportFiles.html(of: board))
        #expect(page.contains("1000 more rows are in leaderboard.csv.") && page.utf8.count < 5_000_000)
    }

    @Test func `a page of five hundred rows is below five megabytes`() throws {
        let board = try HostileBoard.board(datasets: ["one"], parameters: (0..<500).map { "model \($0)" })
        let page = ReportFiles.html(of: board)
        #expect(board.rows.count == 500)
        #expect(page.count < 5_000_000)
        #expect(ReportFiles.plot(of: board).count < 500_000)
    }
}
