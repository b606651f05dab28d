import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

struct VLRouterBenchImporterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Names for the 2 × 3 matrices of the fixtures: correctness 0 1 0 / 1 0 1, cost 0 1 2 / 3 4 5.
    private func importer(
        samples: String = #"["MMStar/1", "AI2D/7"]"#,
        models: String = "b\nC\na\n",
        quality: String = Fixtures.golden("npy/bool.npy"),
        cost: String = Fixtures.golden("npy/f4.npy"),
        meta: String? = nil
    ) throws -> VLRouterBenchImporter {
        VLRouterBenchImporter(
            quality: quality,
            cost: cost,
            sampleNames: try folder.write(samples, to: "samples.json"),
            modelNames: try folder.write(models, to: "models.txt"),
            meta: try meta.map { try folder.write($0, to: "meta.csv") },
            labels: ImportLabels(name: "vl")
        )
    }

    @Test func `matrices become a dataset, models in code-point order`() throws {
        let dataset = try importer().read().dataset
        #expect(dataset.models == ["C", "a", "b"])
        #expect(dataset.quality == Matrix(rows: 2, columns: 3, elements: [1, 0, 0, 0, 1, 1]))
        #expect(dataset.cost == Matrix(rows: 2, columns: 3, elements: [1, 2, 0, 4, 5, 3]))
        #expect(dataset.samples.map(\.sample.dataset) == ["MMStar", "AI2D"])
        #expect(dataset.samples.map(\.sample.group) == ["MMStar/1", "AI2D/7"])
    }

    @Test func `facts about samples come from a table`() throws {
        let meta = "sample_id,dataset,split,question\nAI2D/7,AI2D_TEST,train,why\nMMStar/1,MMStar,dev,how\n"
        let dataset = try importer(meta: meta).read().dataset
        #expect(dataset.samples.map(\.sample.dataset) == ["MMStar", "AI2D_TEST"])
        #expect(dataset.samples.map(\.question) == ["how", "why"])
    }

    @Test func `what does not fit is refused`() throws {
        let short = try importer(models: "a\nb\n")
        #expect(message { _ = try short.read() }.hasSuffix("shape 2 × 3, but there are 2 sample and 2 model names"))
        let twice = try importer(models: "a\nb\na\n")
        #expect(message { _ = try twice.read() }.hasSuffix("models.txt: line 3: \"a\" occurs twice"))
        let wrong = try importer(quality: Fixtures.golden("npy/f8.npy"))
        #expect(
            message { _ = try wrong.read() }.hasSuffix(
                "sample \"MMStar/1\", model \"a\": expected correctness 0…1, found 2"
            )
        )
        let archive = try importer(quality: Fixtures.golden("npy/stored.npz"))
        #expect(message { _ = try archive.read() }.contains("stored.npz: sample \"MMStar/1\", model \"a\""))
        let pickle = try importer(samples: "\u{80}")
        try folder.write([0x80, 0x04, 0x95, 0], to: "samples.json")
        #expect(message { _ = try pickle.read() }.contains("samples.json: a pickle can run code and is not read"))
    }
}
