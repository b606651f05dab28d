package import Catalog
package import RouteGridBase
package import RoutingData
package import Scoring

/// What to read off a fitted router: the typed form of what a job key adds to its fit key.
package struct EvaluationRequest: Hashable, Sendable {
    /// The embeddings used; nil for the modality of the fit.
    package var testModality: Modality?
    package var part: EvaluationPart
    package var rule: BudgetRule
    package var budget: Budget
    /// Rule `penalty`: λ multiplies costs in their own unit, as the peers' does, and not costs ÷ c_hi.
    package var isRawPenalty: Bool

    package init(
        testModality: Modality? = nil,
        part: EvaluationPart,
        rule: BudgetRule,
        budget: Budget,
        isRawPenalty: Bool = false
    ) {
        self.testModality = testModality
        self.part = part
        self.rule = rule
        self.budget = budget
        self.isRawPenalty = isRawPenalty
    }
}

/// What an evaluation found.
package struct Evaluation: Sendable {
    let report: EvaluationReport
    /// The members of the `result` object of a record, all but `choices`, in both byte forms.
    package let members: EncodedJSON
    /// `[points, items]`: the number of the model that each item of the part got, in the part's row order.
    package var choices: Matrix<ModelNumber> { report.choices }

    /// How a blob holds the choices.
    package var choiceType: ChoiceType { ChoiceType(models: report.part.outcomes.models) }
    /// The bytes of the blob.
    package var choiceBytes: [UInt8] { choiceType.bytes(of: choices.elements) }

    init(_ report: EvaluationReport) {
        self.report = report
        members = report.members
    }

    /// The `result` object of a record as a tree, all but its member `choices`: read from ``members``.
    package var result: JSONValue {
        let text = [UInt8(ascii: "{")] + members.plain + [UInt8(ascii: "}")]
        do { return try JSONValue(parsing: text, place: "result") } catch {
            preconditionFailure("a result that is no JSON: \(error)")
        }
    }
}
