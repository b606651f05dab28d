import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

struct MMRBenchImporterTests {
    private let folder: TemporaryFolder
    private static let merged = #"""
        dataset_idx,question,answer,gpt_prediction,gpt_correct,gpt_token,gpt_cost,A_prediction,A_correct,A_token,A_cost
        SEEDBench2_Plus_0,What?,B,"B, because
        it is",1,20,0.1,C,0,3,0.01
        MathVerse_12,How?,1,"say ""1""",0,30,0.2,1,1,4,0.02
        My_Set_7,Why?,x,,,,,x,0.5,5,0.03

        """#

    init() throws { folder = try TemporaryFolder() }

    private func imported(_ text: String) throws -> Dataset {
        try MMRBenchImporter(
            source: .merged(try folder.write(text, to: "m.csv")),
            labels: ImportLabels(name: "mmr")
        ).read().dataset
    }

    @Test func `the merged table is read with its datasets and image paths`() throws {
        let dataset = try imported(Self.merged)
        #expect(dataset.models == ["A", "gpt"])
        #expect(dataset.samples.map(\.sample.id) == ["SEEDBench2_Plus_0", "MathVerse_12", "My_Set_7"])
        #expect(dataset.samples.map(\.sample.dataset) == ["SEEDBench2_Plus", "MathVerse", "My_Set"])
        #expect(dataset.samples.map(\.image) == ["SEEDBenchv2Plus/0.jpg", "MathVerse/12.jpg", "My_Set/7.jpg"])
        #expect(dataset.quality[0, 1] == 1 && dataset.cost?[1, 0] == 0.02 && dataset.quality[2, 1].isNaN)
        #expect(dataset.tokensOut?[1, 1] == 30 && dataset.tokensIn == nil)
    }

    @Test func `a folder of tables is read in the order that was asked for`() throws {
        try folder.write("question,answer,img_path,a_correct,a_cost\nq,1,0.png,1,2\n", to: "ocrbench.csv")
        try folder.write("question,a_correct,a_cost\nq1,0,3\nq2,1,4\n", to: "mmstar.csv")
        let labels = ImportLabels(name: "mmr")
        let dataset = try MMRBenchImporter(
            source: .folder(folder.path, datasets: ["OCRBench", "MMStar"]),
            labels: labels
        ).read().dataset
        #expect(dataset.samples.map(\.sample.id) == ["OCRBench_0", "MMStar_0", "MMStar_1"])
        #expect(dataset.samples.map(\.image) == ["OCRBench/0.png", "", ""])
        #expect(dataset.cost?.elements == [2, 3, 4])
        try folder.write("question,b_correct,b_cost\nq1,0,3\n", to: "mmstar.csv")
        let other = MMRBenchImporter(source: .folder(folder.path, datasets: ["OCRBench", "MMStar"]), labels: labels)
        #expect(message { _ = try other.read() }.contains("mmstar.csv:1: model \"a\" is not in both this file and"))
    }

    @Test(arguments: [
        ("dataset_idx", "index", "m.csv:1: no column \"dataset_idx\""),
        ("MathVerse_12", "MathVerse", "m.csv:4: column \"dataset_idx\": expected DATASET_NUMBER, found \"MathVerse\""),
        (
            "MathVerse_12", "SEEDBench2_Plus_0",
            "m.csv:4: column \"dataset_idx\": sample id \"SEEDBench2_Plus_0\" occurs twice"
        ),
        ("0,30,0.2", "0,30,", "m.csv:4: column \"gpt_cost\": empty, but \"gpt_correct\" is not"),
        ("0,30,0.2", "2,30,0.2", "m.csv:4: column \"gpt_correct\": expected correctness 0…1"),
        ("A_correct", "B_correct", "m.csv:1: column \"A_prediction\" has no partner \"A_correct\""),
    ])
    func `a wrong table is refused`(old: String, new: String, expected: String) {
        let found = message { _ = try imported(Self.merged.replacingOccurrences(of: old, with: new)) }
            .replacingOccurrences(of: folder.path + "/", with: "")
        #expect(found.hasPrefix(expected), "\(found)")
    }

    @Test func `columns of no model are left out when they are named`() throws {
        let text = Self.merged.replacingOccurrences(of: "question,answer", with: "question,category,answer")
            .replacingOccurrences(of: "What?,", with: "What?,a,").replacingOccurrences(of: "How?,", with: "How?,b,")
            .replacingOccurrences(of: "Why?,", with: "Why?,c,")
        #expect(message { _ = try imported(text) }.contains("unknown column \"category\""))
        let dataset = try MMRBenchImporter(
            source: .merged(try folder.write(text, to: "m.csv")),
            ignored: ["category"],
            labels: ImportLabels(name: "mmr")
        ).read().dataset
        #expect(dataset == (try imported(Self.merged)))
    }

    @Test func `a table of one dataset may carry its index`() throws {
        try folder.write("question,answer,img_path,dataset_idx,a_correct,a_cost\nq,1,0.png,toy_0,1,2\n", to: "toy.csv")
        let source = MMRBenchImporter.Source.folder(folder.path, datasets: ["toy"])
        let dataset = try MMRBenchImporter(source: source, labels: ImportLabels(name: "toy")).read().dataset
        #expect(dataset.samples.map(\.sample.id) == ["toy_0"])
    }
}
