import RouteGridBase

/// What in measured outcomes puts costs in doubt, by model.
///
/// Each kind has moved the ranks of a published board before somebody found it by hand: a default that was written down
/// in place of usage, a price that nobody knew and that became 0, a model that another one answered for.
package struct CostAudit: Sendable {
    /// One number of tokens on nearly all answers of a model.
    package struct Constant: Sendable, Equatable {
        package var model: String
        /// Whether they are tokens in; else tokens out.
        package var isInput: Bool
        package var tokens: Double
        package var answers: Int
        /// Of all its answers with token counts.
        package var total: Int
    }

    /// Answers of another model than the one that was asked.
    package struct Served: Sendable, Equatable {
        package var model: String
        package var other: String
        package var answers: Int
    }

    package private(set) var constants: [Constant] = []
    /// Models whose every answer costs 0, where those of others do not.
    package private(set) var free: [String] = []
    /// Right answers that cost 0, of models whose other answers do not.
    package private(set) var freeAnswers: [(model: String, count: Int)] = []
    package private(set) var served: [Served] = []
    /// Models with answers that cost something.
    private var charged: Set<String> = []

    /// Answers of so few tokens, such as a letter or a number, may well be of one length.
    private static let shortAnswer = 8.0

    package init(of dataset: Dataset) {
        let questions = Mode(dataset.samples.map { Double($0.question.utf8.count) }.filter { $0 > 0 })
        let inputs = Self.modes(of: dataset.tokensIn, dataset)
        let outputs = Self.modes(of: dataset.tokensOut, dataset)
        // Questions that differ take different numbers of tokens. Where they are not known, other models tell that they
        // do; not with images, which some models bill by size and others all alike.
        let areDifferent =
            questions.map { !$0.isUsual }
            ?? (dataset.image.isEmpty && inputs.contains { $0.map { !$0.isUsual } ?? false })
        for (column, model) in dataset.models.enumerated() {
            func add(_ mode: Mode?, isInput: Bool) {
                guard let mode, mode.isUsual else { return }
                constants.append(
                    Constant(
                        model: model,
                        isInput: isInput,
                        tokens: mode.value,
                        answers: mode.count,
                        total: mode.total
                    )
                )
            }
            if areDifferent, inputs[column].map({ $0.value > 0 }) ?? false { add(inputs[column], isInput: true) }
            if outputs[column].map({ $0.value > Self.shortAnswer }) ?? false { add(outputs[column], isInput: false) }
            addCosts(of: column, dataset)
            for (other, answers) in (dataset.served[model] ?? [:]).sorted(by: { $0.key < $1.key }) {
                served.append(Served(model: model, other: other, answers: answers))
            }
        }
        if charged.isEmpty { free = [] }
    }

    private mutating func addCosts(of column: Int, _ dataset: Dataset) {
        guard let cost = dataset.cost else { return }
        var (measured, zeros, right) = (0, 0, 0)
        for row in dataset.samples.indices where !cost[row, column].isNaN {
            measured += 1
            guard cost[row, column] == 0 else { continue }
            zeros += 1
            if dataset.quality[row, column] > 0 { right += 1 }
        }
        guard measured > 0 else { return }
        if zeros == measured {
            free.append(dataset.models[column])
        } else {
            charged.insert(dataset.models[column])
            if right > 0 { freeAnswers.append((dataset.models[column], right)) }
        }
    }

    /// What is known of some of the models.
    package func keeping(models: [String]) -> CostAudit {
        let kept = Set(models)
        var audit = self
        audit.constants.removeAll { !kept.contains($0.model) }
        audit.freeAnswers.removeAll { !kept.contains($0.model) }
        audit.served.removeAll { !kept.contains($0.model) }
        audit.charged.formIntersection(kept)
        audit.free.removeAll { !kept.contains($0) }
        if audit.charged.isEmpty { audit.free = [] }
        return audit
    }

    // MARK: Sentences

    /// Nil where no model has one number of tokens on its answers.
    package var constantWords: String? {
        guard !constants.isEmpty else { return nil }
        let named = constants.map {
            "\($0.model) \(JSONValue.shortestText($0.tokens)) \($0.isInput ? "in" : "out") on \($0.answers) of \($0.total)"
        }
        return
            "one number of tokens on nearly all answers: \(named.joined(separator: ", ")); a default in place of usage, or "
            + "answers cut at a limit: costs that are made of it say little"
    }

    /// Nil where every model costs something.
    package var freeWords: String? {
        guard !free.isEmpty else { return nil }
        return
            "every answer costs 0: \(free.joined(separator: ", ")); a price that was not known, or a model that is free: a "
            + "router saves by choosing it, whatever it really costs"
    }

    /// Nil where every right answer costs something, or all of its model's cost nothing.
    package var freeAnswersWords: String? {
        guard !freeAnswers.isEmpty else { return nil }
        let named = freeAnswers.map { "\($0.model) \($0.count)" }.joined(separator: ", ")
        return
            "right answers that cost 0 where others of their model do not: \(named); usage that was not written down makes "
            + "them look cheap"
    }

    /// Nil where the models that were asked answered.
    package var servedWords: String? {
        guard !served.isEmpty else { return nil }
        let named = served.prefix(8).map { "\($0.model) \($0.answers) by \($0.other)" }.joined(separator: ", ")
        let more = served.count > 8 ? " and \(served.count - 8) more" : ""
        return
            "answers of another model than was asked: \(named)\(more); quality and price of the one are then not those of "
            + "the other"
    }

    // MARK: Counts

    /// The most frequent of some numbers.
    private struct Mode {
        var value = 0.0
        var count = 0
        let total: Int

        /// Fewer numbers say nothing about what is usual.
        private static let fewest = 20
        /// So many equal ones are no chance.
        private static let share = 0.95

        /// Nil of none.
        init?(_ values: [Double]) {
            guard !values.isEmpty else { return nil }
            total = values.count
            var counts: [Double: Int] = [:]
            for value in values { counts[value, default: 0] += 1 }
            for (value, count) in counts where (count, value) > (self.count, self.value) {
                (self.value, self.count) = (value, count)
            }
        }

        var isUsual: Bool { total >= Self.fewest && Double(count) >= Self.share * Double(total) }
    }

    /// Of the answers of each model; nil for one without token counts.
    private static func modes(of tokens: Matrix<Double>?, _ dataset: Dataset) -> [Mode?] {
        dataset.models.indices.map { column in
            guard let tokens else { return nil }
            let rows = dataset.samples.indices.filter { !dataset.quality[$0, column].isNaN }
            return Mode(rows.map { tokens[$0, column] }.filter { !$0.isNaN })
        }
    }
}
