package import Catalog
package import RouteGridBase

extension Budget {
    /// `"exact"`, `"0.5x"`, or a number in the cost unit (or λ).
    package var json: JSONValue {
        switch self {
        case .exact: "exact"
        case .relative(let share): .string(JSONValue.shortestText(share) + "x")
        case .amount(let amount): .double(amount)
        }
    }

    /// As people read it: `exact`, `0.5x`, `0.002`.
    package var text: String {
        if case .amount(let amount) = self { JSONValue.shortestText(amount) } else { json.stringValue ?? "" }
    }

    /// Reads what ``json`` writes, and what people write in grid files.
    package init(json: JSONValue, place: String = "budget") throws(RouteGridError) {
        if json.stringValue == "exact" {
            self = .exact
        } else if let text = json.stringValue, text.hasSuffix("x"), let share = Double(text.dropLast()),
            share > 0, share.isFinite
        {
            self = .relative(share)
        } else if let amount = json.numberValue, amount >= 0, amount.isFinite {
            self = .amount(amount == 0 ? 0 : amount)
        } else {
            let expected = "expected exact, a multiple such as 0.5x, or an amount of at least 0"
            throw .badInput(place, "\(expected), found \(json.jsonText)")
        }
    }
}
