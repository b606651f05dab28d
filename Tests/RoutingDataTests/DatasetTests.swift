import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

struct DatasetTests {
    @Test func `a dataset comes back from its folder`() throws {
        let folder = try TemporaryFolder()
        let dataset = Fixtures.dataset()
        try dataset.write(to: folder.path("tiny"))
        #expect(try Dataset.load(folder: folder.path("tiny")) == dataset)
        #expect(try folder.names() == ["tiny"])
    }

    @Test func `the same dataset gives the same bytes`() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] { try Fixtures.dataset().write(to: folder.path(name)) }
        for file in ["dataset.json", "samples.csv", "tensors.safetensors"] {
            #expect(try FileBytes.read(folder.path("a/\(file)")) == FileBytes.read(folder.path("b/\(file)")))
        }
    }

    @Test func `a dataset is replaced, anything else is not`() throws {
        let folder = try TemporaryFolder()
        var dataset = Fixtures.dataset()
        try dataset.write(to: folder.path("d"))
        dataset.licence = "another"
        try dataset.write(to: folder.path("d"))
        #expect(try Dataset.load(folder: folder.path("d")).licence == "another")

        try folder.write("mine", to: "d/notes.txt")
        #expect(message { try dataset.write(to: folder.path("d")) }.contains("holds \"notes.txt\""))
        try FileManager.default.createDirectory(atPath: folder.path("other"), withIntermediateDirectories: true)
        try dataset.write(to: folder.path("other"))
        try FileManager.default.createDirectory(atPath: folder.path("thesis"), withIntermediateDirectories: true)
        try folder.write("chapter", to: "thesis/one.txt")
        #expect(message { try dataset.write(to: folder.path("thesis")) }.contains("is not a dataset"))
        try folder.write("x", to: "file")
        #expect(message { try dataset.write(to: folder.path("file")) }.contains("found a file"))
        #expect(try folder.names() == ["d", "file", "other", "thesis"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("thesis")) == ["one.txt"])
    }

    @Test func `a dataset behind a symbolic link is replaced where it is`() throws {
        let folder = try TemporaryFolder()
        var dataset = Fixtures.dataset()
        try dataset.write(to: folder.path("real"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("link"),
            withDestinationPath: folder.path("real")
        )
        dataset.name = "renamed"
        try dataset.write(to: folder.path("link"))
        #expect(try Dataset.load(folder: folder.path("real")).name == "renamed")
        #expect(try Dataset.load(folder: folder.path("link")).name == "renamed")
    }

    @Test func `a folder below nothing is made, one that cannot be made leaves nothing`() throws {
        let folder = try TemporaryFolder()
        try Fixtures.dataset().write(to: folder.path("a/b/c"))
        #expect(try Dataset.load(folder: folder.path("a/b/c")).name == "tiny")
        try folder.write("x", to: "file")
        #expect(message { try Fixtures.dataset().write(to: folder.path("file/d")) }.contains("file/d: cannot create"))
    }

    @Test func `the content digest is that of what is measured`() {
        var dataset = Fixtures.dataset()
        let digest = dataset.contentDigest
        dataset.licence = "another"
        dataset.name = "another"
        dataset.samples[0].question = "another"
        #expect(dataset.contentDigest == digest)
        dataset.cost?[0, 0] = 0.2
        #expect(dataset.contentDigest != digest)
    }

    @Test func `rows are chosen by dataset, group and sample`() throws {
        let dataset = Fixtures.dataset()
        #expect(try dataset.filtered([:]) == dataset)
        #expect(try dataset.filtered(["group": ["g"]]).samples.map(\.sample.id) == ["1", "3"])
        let one = try dataset.filtered(["group": ["g"], "dataset": ["d", "e"], "sample_id": ["3", "2"]])
        #expect(one.samples.map(\.sample.id) == ["3"])
        #expect(one.quality.elements == [0, 1] && one.cost?.elements == [1e-5, 3])
        #expect(one.text["default"]?.elements == [5, 6] && one.tokensIn?.elements == [5, 6] && one.tokensOut == nil)
        #expect(message { _ = try dataset.filtered(["groups": ["g"]]) }.contains("did you mean \"group\""))
        #expect(message { _ = try dataset.filtered(["group": ["G2"]]) }.contains("no sample has \"G2\""))
        #expect(message { _ = try dataset.filtered(["group": ["h"], "dataset": ["e"]]) }.contains("no sample is left"))
    }

    @Test func `a smaller pool keeps its order`() throws {
        let pool = try Fixtures.dataset().keeping(models: ["a-model"])
        #expect(pool.models == ["a-model"] && pool.cost?.columns == 1 && pool.cost?[0, 0] == 2)
        #expect(message { _ = try Fixtures.dataset().keeping(models: ["gpt"]) }.contains("did you mean \"GPT\""))
        #expect(message { _ = try Fixtures.dataset().keeping(models: []) }.contains("at least one"))
    }

    @Test func `a table holds the embeddings that were asked for`() throws {
        let table = try Fixtures.dataset().table(text: "default")
        #expect(table.text?.columns == 2 && table.image == nil && table.samples.count == 3)
        #expect(message { _ = try Fixtures.dataset().table(image: "clip") }.contains("no image embedding \"clip\""))
    }

    @Test func `the oracle takes the cheapest of the best`() {
        let summary = PoolSummary(of: Fixtures.dataset())
        let (accuracy, cost) = (2.5 / 3, 3.1 / 3)
        #expect(summary.oracleAccuracy == accuracy)
        #expect(abs(summary.oracleCost - cost) < 1e-15)
        #expect(summary.bestSingle == "a-model" && summary.cheapest == "GPT")
        #expect(summary.models.map(\.missing) == [1, 0])
    }
}
