/// A layout that a harness or a benchmark publishes, by name.
package struct LongPreset: Sendable {
    package let name: String
    /// The files and what is particular about them, in a line.
    package let summary: String
    package let form: LongForm

    init(
        _ name: String,
        _ summary: String,
        _ fields: [LongField: FieldSource],
        _ change: (inout LongForm) -> Void = { _ in }
    ) {
        (self.name, self.summary) = (name, summary)
        var form = LongForm(fields)
        change(&form)
        self.form = form
    }

    package static let all =
        harnesses + benchmarks + [
            LongPreset("routereval", "RouterEval's .npz: train_score, val_score, test_score and embeddings", [:])
        ]

    package static func named(_ name: String) -> LongPreset? { all.first { $0.name == name } }
}
