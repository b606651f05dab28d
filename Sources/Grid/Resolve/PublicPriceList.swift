import RouteGridBase
import RoutingData

/// A price list of another project: a JSON object with a row for each model, recognised by the members of its rows.
///
/// ```json
/// {"gpt-4o": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05, "litellm_provider": "openai"}}
/// {"gpt-4o": {"input_token_price_per_million": 2.5, "output_token_price_per_million": 10}}
/// {"gpt-4o": {"input_price": 2.5, "output_price": 10, "service": "OpenAI"}}
/// ```
/// Members that are not known are ignored, as the lists ask for. A row without both prices is an error only for a model
/// that costs are made for: such lists hold models that are not billed by tokens.
/// - Reference: LiteLLM's `model_prices_and_context_window.json`, RouterArena's `model_cost.json`, LLMRouter's
///   `default_llm.json`.
struct PublicPriceList {
    enum Form: String, CaseIterable {
        case liteLLM = "LiteLLM"
        case routerArena = "RouterArena"
        case llmRouter = "LLMRouter"

        var input: String {
            switch self {
            case .liteLLM: "input_cost_per_token"
            case .routerArena: "input_token_price_per_million"
            case .llmRouter: "input_price"
            }
        }

        var output: String {
            switch self {
            case .liteLLM: "output_cost_per_token"
            case .routerArena: "output_token_price_per_million"
            case .llmRouter: "output_price"
            }
        }
    }

    let form: Form
    /// By model `in`, `out` and `request`, as in a sheet of our own form.
    private(set) var rows: [String: JSONValue] = [:]
    /// Why a model has no row.
    private(set) var unpriced: [String: String] = [:]
    /// Prices of a row that depend on more than the counts of tokens in and out, and are not charged.
    private(set) var remarks: [String: String] = [:]

    /// LiteLLM's row that documents the others.
    private static let documentation = "sample_spec"

    /// - Throws: `badInput` for an object whose rows are of no known list, or of several.
    init(_ members: [String: JSONValue], path: String) throws(RouteGridError) {
        let models = members.keys.filter { $0 != Self.documentation }.sorted()
        var firsts: [(form: Form, model: String)] = []
        for form in Form.allCases {
            let first = models.first { members[$0]?[form.input] != nil || members[$0]?[form.output] != nil }
            if let first { firsts.append((form, first)) }
        }
        guard let found = firsts.first else {
            let forms = Form.allCases.map { "\($0.rawValue)'s (\($0.input), \($0.output))" }
            throw .badInput(
                path,
                "no price sheet: expected \"schema\": \"\(PriceSheet.schema)\" with models.MODEL.in and .out, or a row for "
                    + "each model as in \(forms.joined(separator: ", "))"
            )
        }
        guard firsts.count == 1 else {
            let rows = firsts.map { "\"\($0.model)\" as in \($0.form.rawValue)'s" }
            throw .badInput(path, "rows of several price lists: \(rows.joined(separator: ", "))")
        }
        form = found.form
        for model in models { read(members[model] ?? .null, of: model) }
    }

    private mutating func read(_ row: JSONValue, of model: String) {
        var prices: [String: JSONValue] = ["request": .double(0)]
        for (name, field) in [("in", form.input), ("out", form.output)] {
            guard let found = row[field], found != .null else {
                unpriced[model] = "its row has no \(field)"
                return
            }
            guard case let value? = found.numberValue.map(perMillion), ValueRange.price.contains(value) else {
                unpriced[model] =
                    "\(field): expected a number that is \(ValueRange.price.words) USD per million tokens, found "
                    + found.jsonText
                return
            }
            prices[name] = .double(value + 0)
        }
        let units = otherUnits(row)
        guard prices["in"] != .double(0) || prices["out"] != .double(0) || units.isEmpty else {
            unpriced[model] =
                "its row has tokens for 0 and bills \(units.joined(separator: ", ")), which token counts do not tell"
            return
        }
        rows[model] = .object(prices)
        let others = (row.objectValue ?? [:]).keys.sorted().filter { name in
            name.hasPrefix("\(form.input)_above_") || name.hasPrefix("\(form.output)_above_")
                || ["output_cost_per_reasoning_token", "tiered_pricing", "off_peak_pricing"].contains(name)
                || units.contains(name)
        }
        if !others.isEmpty {
            remarks[model] = "its row also has \(others.joined(separator: ", ")), which costs leave out"
        }
    }

    /// Members of a row that bill requests, images, seconds or what else is no token.
    private func otherUnits(_ row: JSONValue) -> [String] {
        guard form == .liteLLM else { return [] }
        return (row.objectValue ?? [:]).keys.sorted().filter { name in
            ["input_cost_per_", "output_cost_per_"].contains(where: name.hasPrefix) && !name.contains("token")
                && (row[name]?.numberValue ?? 0) > 0
        }
    }

    /// A price of the list per million tokens.
    private func perMillion(_ value: Double) -> Double {
        guard form == .liteLLM else { return value }
        // Moved in decimals: 1.1e-07 times a million is not the double that 0.11 is.
        let parts = JSONValue.shortestText(value).split(separator: "e")
        let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
        return Double("\(parts[0])e\(exponent + 6)") ?? value * 1e6
    }
}
