import Foundation
import RouteGridBase
import TestSupport
import Testing

@testable import RoutingData

/// Costs in doubt, each kind planted, and none in clean data.
struct CostAuditTests {
    /// 40 questions of different lengths, two models with tokens and costs of their own.
    private static func clean() -> Dataset {
        var generator = Xoshiro256(seed: Digest(hashing: Array("costs".utf8)))
        func matrix(_ value: (Int) -> Double) -> Matrix<Double> {
            Matrix(rows: 40, columns: 2, elements: (0..<80).map(value))
        }
        let counts = (0..<80).map { _ in Double(Int.random(in: 50...400, using: &generator)) }
        return Dataset(
            name: "d",
            models: ["a", "b"],
            costUnit: "USD",
            provenance: "",
            licence: "",
            samples: (0..<40).map { row in
                let sample = Sample(id: "s\(row)", dataset: "d", group: "s\(row)")
                return DatasetSample(sample: sample, question: String(repeating: "w", count: row + 1))
            },
            quality: matrix { Double($0 % 3 == 0 ? 0 : 1) },
            cost: matrix { counts[$0] * 1e-6 },
            tokensIn: matrix { counts[$0] },
            tokensOut: matrix { counts[79 - $0] }
        )
    }

    @Test func `clean data have nothing against them`() {
        let audit = CostAudit(of: Self.clean())
        #expect(audit.constants.isEmpty && audit.free.isEmpty && audit.freeAnswers.isEmpty && audit.served.isEmpty)
        #expect(
            [audit.constantWords, audit.freeWords, audit.freeAnswersWords, audit.servedWords] == [nil, nil, nil, nil]
        )
        #expect(ValidationReport(of: Self.clean()).warnings.isEmpty)
    }

    @Test func `one number of tokens in is a default, but not where all questions are alike`() {
        var data = Self.clean()
        for row in 0..<39 { data.tokensIn?[row, 0] = 40 }
        let found = CostAudit(of: data)
        #expect(found.constants == [.init(model: "a", isInput: true, tokens: 40, answers: 39, total: 40)])
        let words = found.constantWords ?? ""
        #expect(words.hasPrefix("one number of tokens on nearly all answers: a 40 in on 39 of 40;"), "\(words)")
        #expect(ValidationReport(of: data).warnings.contains(words))
        #expect(found.keeping(models: ["b"]).constants.isEmpty)
        // Of fewer answers it may be chance.
        for row in 0..<3 { data.tokensIn?[row, 0] = Double(row) }
        #expect(CostAudit(of: data).constants.isEmpty)
        for row in 0..<40 { data.tokensIn?[row, 0] = 40 }
        for row in 0..<40 { data.samples[row].question = "which digit?" }
        #expect(CostAudit(of: data).constants.isEmpty)
        // Without questions the other model tells that they differ.
        for row in 0..<40 { data.samples[row].question = "" }
        #expect(CostAudit(of: data).constants.map(\.model) == ["a"])
        data.image["clip"] = Matrix(rows: 40, columns: 1, elements: (0..<40).map { Float($0) })
        #expect(CostAudit(of: data).constants.isEmpty)
    }

    @Test func `one number of tokens out is suspicious where answers are longer than a letter`() {
        var data = Self.clean()
        for row in 0..<40 { data.tokensOut?[row, 1] = 1 }
        #expect(CostAudit(of: data).constants.isEmpty)
        for row in 0..<40 { data.tokensOut?[row, 1] = 256 }
        #expect(CostAudit(of: data).constants.map(\.tokens) == [256])
    }

    @Test func `a model that costs nothing is named beside one that does`() {
        var data = Self.clean()
        for row in 0..<40 { data.cost?[row, 1] = 0 }
        #expect(CostAudit(of: data).free == ["b"])
        #expect(CostAudit(of: data).freeWords?.hasPrefix("every answer costs 0: b;") == true)
        #expect(CostAudit(of: data).keeping(models: ["b"]).free.isEmpty)
        data.cost?[0, 1] = 1
        #expect(CostAudit(of: data).free.isEmpty)
        #expect(CostAudit(of: data).freeAnswers.map(\.count) == [26])
        for row in 0..<40 { data.cost?[row, 0] = 0 }
        data.cost?[0, 1] = 0
        #expect(CostAudit(of: data).free.isEmpty)
    }

    @Test(arguments: [
        ("gpt-4o", "gpt-4o-2024-08-06", true), ("openai/gpt-4o", "gpt-4o", true), ("m", "M", true),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022", true), ("gemini-pro", "gemini-pro-001", true),
        ("gpt-4", "gpt-4-0613", true), ("gpt-4o", "gpt-4o-mini", false), ("gpt-4", "gpt-4o", false),
        ("llama-3-8b", "llama-3-70b", false), ("gpt-3.5-turbo", "gpt-4-turbo", false),
    ]) func `a dated snapshot is the model that was asked`(asked: String, served: String, isSame: Bool) {
        #expect(ServedModel.isSame(asked, served) == isSame)
    }

    @Test func `what another model answered is counted, kept in the folder and told`() throws {
        let folder = try TemporaryFolder()
        let rows = (0..<30).flatMap { row in
            ["q\(row),a,1,0.5,\(row < 4 ? "b-mini" : "a-2026-01-01")", "q\(row),b,0,0.25,"]
        }
        try folder.write((["prompt,llm,grade,usd,by"] + rows).joined(separator: "\n"), to: "long.csv")
        var form = LongForm()
        try form.map("query=prompt,model=llm,score=grade,cost=usd,served=by")
        let (data, report) = try LongImporter(
            files: [folder.path("long.csv")],
            form: form,
            labels: ImportLabels(name: "mine")
        ).read()
        #expect(data.served == ["a": ["b-mini": 4]])
        #expect(report.warnings.contains { $0.hasPrefix("answers of another model than was asked: a 4 by b-mini;") })
        try data.write(to: folder.path("data"))
        let read = try Dataset.load(folder: folder.path("data"))
        #expect(read == data && read.served == data.served && read.contentDigest == data.contentDigest)
        #expect(try read.keeping(models: ["b"]).served.isEmpty)
        let description = folder.path("data/dataset.json")
        let text = try String(contentsOfFile: description, encoding: .utf8)
        try folder.write(text.replacing("\"a\": {", with: "\"z\": {"), to: "data/dataset.json")
        #expect(throws: RouteGridError.self) { try Dataset.load(folder: folder.path("data")) }
    }
}
