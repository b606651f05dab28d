import Foundation
import Grid
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Price lists of other projects as sheets of a grid.
struct PublicPriceListTests {
    private static func resolve(_ sheet: String) throws -> ResolvedGrid {
        let yaml = "datasets: {one: one}\nrouters: [oracle]\nprices: {sheet: sheet.json}"
        return try PriceFixture.resolve(yaml, sheets: ["sheet.json": sheet])
    }

    private static func problems(_ sheet: String) -> [String] {
        PriceFixture.problems { try resolve(sheet) }
    }

    private static let own = """
        {"schema": "routegrid/prices/v1", "unit": "USD", "date": "2026-11-01", "models":
         {"a": {"in": 0.11, "out": 2.2}, "b": {"in": 1.1, "out": 3.3}, "c": {"in": 0, "out": 0.07}}}
        """
    private static let liteLLM = """
        {"sample_spec": {"input_cost_per_token": 0.0, "max_tokens": "a text"},
         "a": {"input_cost_per_token": 1.1e-07, "output_cost_per_token": 2.2e-06, "litellm_provider": "x", "mode": "chat"},
         "b": {"input_cost_per_token": 1.1e-06, "output_cost_per_token": 3.3e-06, "deprecation_date": "2027-01-01"},
         "c": {"input_cost_per_token": 0, "output_cost_per_token": 7e-08},
         "picture": {"input_cost_per_image": 0.02}}
        """
    private static let routerArena = """
        {"a": {"input_token_price_per_million": 0.11, "output_token_price_per_million": 2.2},
         "b": {"input_token_price_per_million": 1.1, "output_token_price_per_million": 3.3},
         "c": {"input_token_price_per_million": 0, "output_token_price_per_million": 0.07}}
        """
    private static let llmRouter = """
        {"a": {"input_price": 0.11, "output_price": 2.2, "size": "7B"}, "b": {"input_price": 1.1, "output_price": 3.3},
         "c": {"input_price": 0, "output_price": 0.07, "service": "NVIDIA"}}
        """

    @Test(arguments: [(liteLLM, "LiteLLM"), (routerArena, "RouterArena"), (llmRouter, "LLMRouter")])
    func `a public list gives the keys of our own sheet with the same prices`(list: String, name: String) throws {
        let (own, other) = (try Self.resolve(Self.own).lock, try Self.resolve(list).lock)
        #expect(own.jobs(ofGroup: 0) == other.jobs(ofGroup: 0))
        let label = try #require(other.contents.axes.tables[0].prices)
        #expect(
            label.hasPrefix("sheet.json (\(name), ") && label.utf8.count == "sheet.json (, 12345678)".count + name.count
        )
    }

    @Test func `a price of 0 of a public list may be one that nobody knows, and one of our own sheet is meant`() throws
    {
        let free = try Self.resolve(Self.liteLLM.replacingOccurrences(of: "7e-08", with: "0"))
        #expect(free.lock.contents.axes.tables[0].facts == [.zeroPrice])
        #expect(free.warnings.contains { $0.contains("lists a price of 0: c; a price that is not known") })
        #expect(try Self.resolve(Self.liteLLM).lock.contents.axes.tables[0].facts.isEmpty)
        let own = try Self.resolve(Self.own.replacingOccurrences(of: "0.07", with: "0"))
        #expect(own.warnings.isEmpty && own.lock.contents.axes.tables[0].facts.isEmpty)
    }

    @Test func `a model of the pool without both prices is an error that names model, sheet and field`() {
        let list = Self.liteLLM.replacingOccurrences(of: "\"output_cost_per_token\": 7e-08", with: "\"mode\": \"chat\"")
        let found = Self.problems(list)
        #expect(found.count == 1, "\(found)")
        #expect(
            found.first?.hasSuffix(
                "sheet.json: no price for model \"c\" of dataset one: its row has no output_cost_per_token"
            ) == true,
            "\(found)"
        )
        let absent = Self.problems(Self.routerArena.replacingOccurrences(of: "\"c\"", with: "\"d\""))
        #expect(absent.first?.contains("sheet.json: no price for model \"c\" of dataset one") == true, "\(absent)")
    }

    @Test(arguments: ["-1e-06", "\"free\"", "true", "1e-12", "5"])
    func `a price that is no number of the range is an error for a model that is asked for`(value: String) {
        let found = Self.problems(Self.liteLLM.replacingOccurrences(of: "3.3e-06", with: value))
        #expect(
            found.first?.contains("model \"b\" of dataset one: output_cost_per_token: expected") == true,
            "\(found)"
        )
        // Rows of models that nobody asks for may be as they like.
        #expect(Self.problems(Self.liteLLM.replacingOccurrences(of: "0.02", with: value)).isEmpty)
    }

    @Test func `prices that depend on more than counts are warned of`() throws {
        let more = Self.liteLLM.replacingOccurrences(
            of: "\"litellm_provider\"",
            with: "\"input_cost_per_token_above_200k_tokens\": 1e-06, \"litellm_provider\""
        )
        let warnings = try Self.resolve(more).warnings
        #expect(
            warnings.contains { $0.contains("model a: its row also has input_cost_per_token_above_200k_tokens") },
            "\(warnings)"
        )
        #expect(try Self.resolve(Self.liteLLM).warnings.isEmpty)
    }

    @Test func `a model whose tokens are free and whose requests or images are not has no price`() throws {
        let row = "\"input_cost_per_token\": 0, \"output_cost_per_token\": 7e-08"
        func list(_ members: String) -> String { Self.liteLLM.replacingOccurrences(of: row, with: members) }
        let free = "\"input_cost_per_token\": 0, \"output_cost_per_token\": 0.0"
        let found = Self.problems(list(free + ", \"output_cost_per_image\": 0.02"))
        #expect(
            found.first?.hasSuffix(
                "no price for model \"c\" of dataset one: its row has tokens for 0 and bills output_cost_per_image, which "
                    + "token counts do not tell"
            ) == true,
            "\(found)"
        )
        #expect(Self.problems(list(free)).isEmpty)
        #expect(Self.problems(list(free + ", \"output_cost_per_image\": 0, \"input_cost_per_query\": null")).isEmpty)
        // Beside a price of tokens it is left out, and said.
        let warnings = try Self.resolve(list(row + ", \"input_cost_per_request\": 0.01")).warnings
        #expect(warnings.contains { $0.contains("model c: its row also has input_cost_per_request") }, "\(warnings)")
    }

    @Test func `an object of no list, or of two, is refused with what is expected`() {
        let none = Self.problems("{\"a\": {\"price\": 1}}")
        #expect(none.first?.contains("no price sheet: expected") == true, "\(none)")
        #expect(none.first?.contains("LiteLLM's (input_cost_per_token, output_cost_per_token)") == true, "\(none)")
        let both = Self.problems(
            "{\"a\": {\"input_price\": 1, \"output_price\": 1}, \"b\": {\"input_cost_per_token\": 1e-06}}"
        )
        #expect(
            both.first?.hasSuffix("rows of several price lists: \"b\" as in LiteLLM's, \"a\" as in LLMRouter's")
                == true,
            "\(both)"
        )
    }
}
