import Grid
import RouteGridBase
import RoutingData
import Testing

/// Rows of the same content are counted where a split does not keep them together.
struct TwinTests {
    /// 60 rows of `copies` each; what makes them twins is up to the flags.
    private static func dataset(
        copies: Int,
        groups: Bool = false,
        questions: Bool = false,
        images: Bool = false,
        sameEmbeddings: Bool = false
    ) -> Dataset {
        var dataset = DatasetFixture.dataset("one", count: 60)
        let prompts = 60 / copies
        for row in 0..<60 {
            let prompt = row % prompts
            dataset.samples[row].sample.group = groups ? "p\(prompt)" : dataset.samples[row].sample.id
            if questions { dataset.samples[row].question = "question \(prompt)" }
            if images { dataset.samples[row].image = "images/\(row).png" }
            if sameEmbeddings {
                for column in 0..<4 { dataset.text["default"]?[row, column] = Float(prompt * 4 + column) }
                for column in 0..<3 { dataset.image["default"]?[row, column] = Float(prompt * 3 + column) }
            }
        }
        return dataset
    }

    private func twins(_ dataset: Dataset, groupBy: String = "sample") throws -> Int? {
        let yaml = """
            datasets: {one: one}
            splits: [{kind: random, train: 0.3, dev: 0.2, test: 0.5, group_by: \(groupBy)}]
            modality: [text]
            routers: [cheapest]
            """
        let lock = try DatasetFixture.resolve(yaml, datasets: [dataset]).lock
        #expect(try GridLock(parsing: lock.bytes).contents == lock.contents)
        return lock.contents.axes.tables[0].twins?.first
    }

    @Test func `rows of one group, or of one input, are twins; rows of neither are none`() throws {
        #expect(try twins(Self.dataset(copies: 3)) == nil)
        #expect(try twins(Self.dataset(copies: 3, groups: true)) == 30)
        #expect(try twins(Self.dataset(copies: 3, questions: true, sameEmbeddings: true)) == 30)
        #expect(try twins(Self.dataset(copies: 3, sameEmbeddings: true)) == 30)
        // One question about different images, told apart by their files or their embeddings.
        #expect(try twins(Self.dataset(copies: 3, questions: true, images: true)) == nil)
        #expect(try twins(Self.dataset(copies: 3, questions: true)) == nil)
        var text = Self.dataset(copies: 3, questions: true)
        text.image = [:]
        #expect(try twins(text) == 30)
    }

    @Test func `a split by prompt keeps groups together, and not equal inputs of different groups`() throws {
        #expect(try twins(Self.dataset(copies: 3, groups: true), groupBy: "prompt") == nil)
        #expect(try twins(Self.dataset(copies: 3, questions: true, sameEmbeddings: true), groupBy: "prompt") == 30)
    }

    @Test func `a group of more than a twentieth of the rows is a kind of question and makes no twins`() throws {
        #expect(try twins(Self.dataset(copies: 4, groups: true)) == nil)
    }
}
