import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Further files into a dataset folder that is there.
@Suite(.timeLimit(.minutes(5))) struct ImportAppendTests {
    private let folder: TemporaryFolder
    private static let map = "query=prompt,model=llm,score=score,cost=usd"

    init() async throws {
        folder = try TemporaryFolder()
        try folder.write("prompt,llm,score,usd,task\nx,a,1,2,t1\ny,a,0,3,t1\n", to: "first.csv")
        let read = try await run("long", "first.csv", "--map", Self.map + ",dataset=task,group=task", "--out", "data")
        #expect(read.status == 0, "\(read)")
    }

    private func run(_ arguments: String...) async throws -> CommandLineTool.Outcome {
        try await CommandLineTool.run(["import"] + arguments, in: folder.path)
    }

    private func dataset() throws -> Dataset { try Dataset.load(folder: folder.path("data")) }

    private func bytes() throws -> [[UInt8]] {
        try ["dataset.json", "samples.csv", "tensors.safetensors"].map { name in
            Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("data/\(name)"))))
        }
    }

    @Test func `a model and a sample come in, joined by their questions`() async throws {
        try folder.write("prompt,score,usd\ny,0.5,4\nz,1,5\n", to: "b.csv")
        let added = try await run("append", "data", "b.csv", "--map", "query=prompt,model=@file,score=score,cost=usd")
        #expect(added.status == 0 && added.output.contains("note: added: models 1, samples 1\n"), "\(added)")
        let dataset = try dataset()
        #expect(dataset.models == ["a", "b"] && dataset.samples.map(\.sample.id) == ["1", "2", "3"])
        #expect(dataset.samples.map(\.sample.dataset) == ["t1", "t1", "data"])
        #expect(dataset.samples.map(\.sample.group) == ["t1", "t1", "3"] && dataset.groups == "group")
        #expect(dataset.quality.elements.map { $0.isNaN ? -1 : $0 } == [1, -1, 0, 0.5, -1, 1])
        #expect(dataset.cost?.elements.map { $0.isNaN ? -1 : $0 } == [2, -1, 3, 4, -1, 5])
        #expect(dataset.provenance == "not stated" && dataset.costUnit == "USD")
    }

    @Test func `the same rows again change no byte, and another number is refused with nothing written`() async throws {
        let before = try bytes()
        let again = try await run("append", "data", "first.csv", "--map", Self.map)
        #expect(again.status == 0 && again.output.contains("added: models 0, samples 0"), "\(again)")
        #expect(try bytes() == before)
        try folder.write("prompt,llm,score,usd\nx,a,1,2\ny,a,1,3\nw,a,1,1\n", to: "other.csv")
        let other = try await run("append", "data", "other.csv", "--map", Self.map)
        #expect(other.status == 65)
        #expect(other.messages.contains("other.csv: sample \"2\", model \"a\": quality 1, and 0 in the other dataset"))
        #expect(try bytes() == before)
    }

    @Test func `new samples need embeddings, which can be left out and made again`() async throws {
        try folder.write(SmallData.npy([1, 2, 3, 4], rows: 2), to: "e.npy")
        let embedded = try await run("append", "data", "--text", "e.npy", "--encoder", "e5")
        #expect(embedded.status == 0, "\(embedded)")
        #expect(try dataset().text["e5"]?.elements == [1, 2, 3, 4])
        try folder.write(SmallData.npy([1, 2, 3, 5], rows: 2), to: "f.npy")
        let changed = try await run("append", "data", "--text", "f.npy", "--encoder", "e5")
        #expect(changed.status == 65 && changed.messages.contains("has another embedding \"e5\""), "\(changed)")
        try folder.write("sample_id,question,a_correct,a_cost\n7,seven,1,1\n", to: "wide.csv")
        let before = try bytes()
        let refused = try await run("append", "data", "wide.csv")
        #expect(refused.status == 65 && refused.messages.contains("--drop-embeddings leaves"), "\(refused)")
        #expect(try bytes() == before)
        let added = try await run("append", "data", "wide.csv", "--drop-embeddings")
        #expect(added.status == 0, "\(added)")
        #expect(try dataset().samples.map(\.sample.id) == ["1", "2", "7"] && dataset().text.isEmpty)
    }

    @Test func `a question of two samples tells none, and options need files that they are for`() async throws {
        try folder.write("id,prompt,llm,score,usd\np,same,a,1,1\nq,same,a,1,1\n", to: "ids.csv")
        let ids = try await run("long", "ids.csv", "--map", "id=id,\(Self.map)", "--out", "data")
        #expect(ids.status == 0, "\(ids)")
        try folder.write("prompt,llm,score,usd\nsame,b,1,1\n", to: "more.csv")
        let refused = try await run("append", "data", "more.csv", "--map", Self.map)
        #expect(refused.status == 65 && refused.messages.contains("the query \"same\" is of several samples"))
        #expect(try await run("append", "data").status == 64)
        #expect(try await run("append", "data", "more.csv", "--scale", "100").status == 64)
        #expect(try await run("append", "absent", "more.csv", "--map", Self.map).status == 65)
    }
}
