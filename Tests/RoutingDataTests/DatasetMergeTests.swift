import RouteGridBase
import RoutingData
import Testing

/// Datasets put together.
struct DatasetMergeTests {
    /// Two columns of the fixture: one model each, the second with other samples.
    private static func part(_ column: Int, rows: [Int]) -> Dataset {
        var part = Fixtures.dataset()
        part.models = [part.models[column]]
        part.samples = rows.map { Fixtures.dataset().samples[$0] }
        part.quality = part.quality.columns([column]).rows(rows)
        part.cost = part.cost?.columns([column]).rows(rows)
        part.tokensIn = part.tokensIn?.columns([column]).rows(rows)
        part.text = part.text.mapValues { $0.rows(rows) }
        part.image = part.image.mapValues { $0.rows(rows) }
        return part
    }

    @Test func `two models of the same samples give the dataset that has both`() throws {
        let merged = try Self.part(0, rows: [0, 1, 2]).merged(with: Self.part(1, rows: [2, 0, 1]), place: "b")
        #expect(merged == Fixtures.dataset())
    }

    @Test func `samples and models that one side lacks are missing outcomes`() throws {
        let merged = try Self.part(0, rows: [0, 2]).merged(with: Self.part(1, rows: [1, 2]), place: "b")
        #expect(merged.samples.map(\.sample.id) == ["1", "3", "2"])
        #expect(merged.quality.elements.map { $0.isNaN ? -1 : $0 } == [1, -1, 0, 1, -1, 0.5])
        #expect(merged.text["default"]?.elements == [1, 2, 5, 6, 3, 4])
    }

    @Test func `merging a dataset with itself changes nothing, with trials in one of them too`() throws {
        let one = Fixtures.dataset()
        #expect(try one.merged(with: one, place: "b") == one)
        var counted = one
        counted.trials = Matrix(rows: 3, columns: 2, elements: [1, 1, 0, 1, 1, 1])
        #expect(try one.merged(with: counted, place: "b") == counted)
        #expect(try counted.merged(with: one, place: "b") == counted)
    }

    @Test func `answers of other models are kept, and added where they are of other samples`() throws {
        var one = Self.part(0, rows: [0, 1])
        one.served = ["GPT": ["GPT-mini": 2]]
        #expect(try one.merged(with: one, place: "b").served == one.served)
        var other = Self.part(0, rows: [2])
        other.served = ["GPT": ["GPT-mini": 1, "GPT-nano": 3]]
        #expect(try one.merged(with: other, place: "b").served == ["GPT": ["GPT-mini": 3, "GPT-nano": 3]])
    }

    @Test func `what two datasets say differently is refused by name`() throws {
        let one = Fixtures.dataset()
        func refusal(_ change: (inout Dataset) -> Void) -> String {
            var other = one
            change(&other)
            return message { _ = try one.merged(with: other, place: "b") }
        }
        #expect(refusal { $0.costUnit = "MAC" } == "b: costs in MAC, and those of tiny in USD: expected one unit")
        #expect(
            refusal { $0.quality[2, 0] = 1 }
                == "b: sample \"3\", model \"GPT\": quality 1, and 0 in the other dataset"
        )
        let cost = refusal { $0.cost?[0, 1] = 7 }
        #expect(cost.contains("sample \"1\", model \"a-model\": cost 7, and 2"))
        #expect(refusal { $0.samples[1].sample.group = "z" }.contains("sample \"2\": group \"z\", and \"h\""))
        #expect(refusal { $0.samples[1].question = "u" }.contains("sample \"2\": question \"u\""))
        let text = refusal { $0.text["default"]?[0, 0] = 9 }
        #expect(text.contains("text embedding \"default\": sample \"1\" has two"))
        #expect(
            message { _ = try Self.part(0, rows: [0, 1]).merged(with: Self.without(1, rows: [2]), place: "b") }
                .contains("text embedding \"default\": 1 samples have none, such as \"3\"")
        )
    }

    private static func without(_ column: Int, rows: [Int]) -> Dataset {
        var part = part(column, rows: rows)
        (part.text, part.image) = ([:], [:])
        return part
    }
}
