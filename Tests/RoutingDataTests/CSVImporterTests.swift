import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

struct CSVImporterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func imported(
        _ outcomes: String,
        meta: String? = nil,
        tokens: String? = nil,
        group: String? = nil,
        ignored: [String] = []
    ) throws -> (dataset: Dataset, report: ValidationReport) {
        try CSVImporter(
            outcomes: try folder.write(outcomes, to: "o.csv"),
            meta: try meta.map { try folder.write($0, to: "m.csv") },
            tokens: try tokens.map { try folder.write($0, to: "t.csv") },
            group: group,
            ignored: ignored,
            labels: ImportLabels(name: "mine")
        ).read()
    }

    @Test func `a table becomes a dataset, models in code-point order`() throws {
        let (dataset, report) = try imported(
            """
            sample_id,question,b_correct,b_cost,Z_cost,Z_correct,image,dataset,group
            x,"how
            many?",1,0.5,2,0,x.png,first,g1
            y,,,,3,0.25,,second,g1

            """
        )
        #expect(dataset.models == ["Z", "b"])
        #expect(dataset.quality[0, 0] == 0 && dataset.quality[0, 1] == 1 && dataset.quality[1, 0] == 0.25)
        #expect(dataset.quality[1, 1].isNaN && dataset.cost?[1, 1].isNaN == true && dataset.cost?[1, 0] == 3)
        #expect(dataset.samples[0].question == "how\nmany?" && dataset.samples[0].image == "x.png")
        #expect(dataset.samples.map(\.sample.dataset) == ["first", "second"] && dataset.groups == "group")
        #expect(report.models.map(\.missing) == [0, 1] && report.notes.isEmpty)
    }

    @Test func `the smallest table needs one pair of columns`() throws {
        let (dataset, report) = try imported("m_correct,m_cost\n1,0\n0,0\n")
        #expect(dataset.samples.map(\.sample.id) == ["1", "2"])
        #expect(dataset.samples.map(\.sample.dataset) == ["mine", "mine"])
        #expect(dataset.samples.map(\.sample.group) == ["1", "2"] && dataset.groups == "sample_id")
        #expect(report.notes == ["no column sample_id: samples are numbered 1…2"])
        #expect(report.warnings == ["outcomes that cost 0: m 2"])
    }

    @Test func `side tables are joined by sample id`() throws {
        let (dataset, report) = try imported(
            "sample_id,m_correct,m_cost\nx,1,1\ny,0,2\n",
            meta: "sample_id,task,image\ny,count,y.png\nz,none,\nx,read,x.png\n",
            tokens: "sample_id,m_tok_in,m_tok_out,m_tok_total\ny,5,6,11\nx,3,4,8\n",
            group: "task"
        )
        #expect(dataset.samples.map(\.sample.group) == ["read", "count"] && dataset.groups == "task")
        #expect(dataset.samples.map(\.image) == ["x.png", "y.png"])
        #expect(dataset.tokensIn?.elements == [3, 5] && dataset.tokensOut?.elements == [4, 6])
        #expect(report.models[0].wrongTotals == 1)
    }

    @Test func `the report counts what a person should look at`() throws {
        let (_, report) = try imported(
            """
            sample_id,question,a_correct,a_cost,a_tokens_in,a_tokens_out,b_correct,b_cost,b_tokens_in,b_tokens_out
            1,q,1,2,10,1,1,0,,
            2,q,0,2,10,1,0,1,5,5
            3,r,,,,,1,1,0,0

            """
        )
        #expect(report.repeatedQuestions == 1)
        #expect(report.models.map(\.missing) == [1, 0] && report.models.map(\.zeroCosts) == [0, 1])
        #expect(report.models.map(\.constantCost) == [2, nil] && report.models.map(\.emptyUsage) == [0, 2])
        #expect(report.models[0].accuracy == 1.0 / 3 && report.models[0].meanCost == 2)
        for line in report.warnings { #expect(report.text.contains("warning: \(line)\n")) }
        #expect(report.warnings.count == 7)
        let read = try JSONValue(parsing: report.json.jsonBytes(), place: "report")
        #expect(read["samples"]?.integerValue == 3 && read["models"]?.arrayValue?.count == 2)
        #expect(read["warnings"]?.arrayValue?.count == 7)
    }

    @Test func `columns can be left out`() throws {
        let text = "sample_id,answer,m_correct,m_cost\nx,42,1,1\n"
        #expect(try imported(text, ignored: ["answer"]).dataset.models == ["m"])
        #expect(message { _ = try imported(text) }.hasSuffix("--ignore leaves a column out)"))
        #expect(message { _ = try imported(text, ignored: ["anwser"]) }.contains("did you mean \"answer\""))
    }

    /// The first rows of the shipped tables, from the files they were imported from.
    @Test(arguments: [("digits_vqa", "task", false), ("mathvision15", nil, true)] as [(String, String?, Bool)])
    func `the first rows of the shipped data come from their tables`(name: String, group: String?, hasTokens: Bool)
        throws
    {
        let head = Fixtures.golden("\(name)/head")
        let (dataset, _) = try CSVImporter(
            outcomes: "\(head)/outcomes.csv",
            text: "\(head)/text_emb.npy",
            image: "\(head)/image_emb.npy",
            meta: "\(head)/meta.csv",
            tokens: hasTokens ? "\(head)/tokens.csv" : nil,
            group: group,
            labels: ImportLabels(name: name)
        ).read()
        let shipped = try Dataset.load(folder: Fixtures.repository("jobs/data/\(name)")).keeping(rows: Array(0..<6))
        #expect(dataset.models == shipped.models && dataset.samples == shipped.samples)
        #expect(dataset.tensorDigests == shipped.tensorDigests)
        #expect(dataset.tensorDigests.count == (hasTokens ? 6 : 4))
    }

    /// Best single model and oracle as the sources of the data state them.
    @Test(arguments: [
        ("digits_vqa", 1_600, 13, "svm-rbf", 0.9519, 0.9956),
        ("mathvision15", 3_040, 15, "gemini-pro-vision", 0.1766, 0.6401),
    ])
    func `the shipped data are whole`(
        name: String,
        samples: Int,
        models: Int,
        best: String,
        accuracy: Double,
        oracle: Double
    ) throws {
        let dataset = try Dataset.load(folder: Fixtures.repository("jobs/data/\(name)"))
        #expect(dataset.samples.count == samples && dataset.models.count == models)
        let summary = PoolSummary(of: dataset)
        #expect(summary.bestSingle == best)
        #expect(abs(summary.oracleAccuracy - oracle) < 5e-5)
        #expect(abs((summary.models.map(\.accuracy).max() ?? 0) - accuracy) < 5e-5)
    }
}
