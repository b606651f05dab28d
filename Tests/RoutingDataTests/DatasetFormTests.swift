import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Outcomes out of a dataset folder and in again.
struct DatasetFormTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let labels = ImportLabels(name: "again")

    private func file(_ dataset: Dataset, _ form: DatasetForm) throws -> String {
        let path = folder.path("export.\(form == .jsonl ? "jsonl" : "csv")")
        try Data(form.bytes(of: dataset)).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func long(_ dataset: Dataset, _ form: DatasetForm) throws -> Dataset {
        let path = try file(dataset, form)
        let words = form.importCommand(of: dataset, file: path).split(separator: " ").map(String.init)
        var read = LongForm()
        let option = try #require(words.firstIndex(of: "--map"))
        try read.map(words[option + 1])
        return try LongImporter(files: [path], form: read, joinsByText: false, labels: Self.labels).read().dataset
    }

    /// Every tensor that both can have, bit for bit.
    private func expectSame(_ left: Dataset, _ right: Dataset, but names: Set<String> = []) {
        func kept(_ dataset: Dataset) -> [String: Digest] {
            dataset.tensorDigests.filter { name, _ in !name.contains(".") && !names.contains(name) }
        }
        #expect(left.samples == right.samples)
        #expect(left.models == right.models && left.costUnit == right.costUnit)
        #expect(kept(left) == kept(right))
    }

    @Test(arguments: DatasetForm.allCases) func `what is exported imports again to the same bits`(
        _ form: DatasetForm
    ) throws {
        var tiny = Fixtures.dataset()
        tiny.latency = Matrix(rows: 3, columns: 2, elements: [0.1, 2, .nan, 0.3, 1e-7, 3])
        // A table has one kind of group, and samples without tokens out can have none at all.
        let real = try Dataset.load(folder: Fixtures.repository("jobs/data/mathvision15"))
        for dataset in [tiny, real] {
            let again =
                form == .wide
                ? try CSVImporter(outcomes: file(dataset, form), labels: Self.labels).read().dataset
                : try long(dataset, form)
            let lost = Set(form.leftOut(of: dataset) + (form == .wide ? [] : ["tokens_total"]))
            expectSame(dataset, again, but: lost)
        }
    }

    @Test func `a missing number is an empty field or absent`() {
        let long = String(decoding: DatasetForm.long.bytes(of: Fixtures.dataset()), as: UTF8.self)
        #expect(long.hasPrefix("id,dataset,group,query,image,model,score,cost,tokens_in\n"))
        #expect(long.contains("\n2,d,h,ü,,GPT,,,\n"))
        let lines = String(decoding: DatasetForm.jsonl.bytes(of: Fixtures.dataset()), as: UTF8.self)
        #expect(lines.contains("{\"dataset\":\"d\",\"group\":\"h\",\"id\":\"2\",\"model\":\"GPT\",\"query\":\"ü\"}\n"))
    }
}
