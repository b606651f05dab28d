import RouteGridBase

/// What an import found: counts that a person should look at before trusting a board made from the data.
package struct ValidationReport: Sendable {
    package struct Model: Sendable, Equatable {
        package var name: String
        /// Mean correctness over all samples, a missing one counting as wrong.
        package var accuracy: Double
        /// Mean cost over the samples that have one, or NaN.
        package var meanCost: Double
        /// Samples without an outcome.
        package var missing: Int
        /// The share of the samples that have an outcome, 0…1.
        package var coverage: Double
        /// Samples whose outcome cost nothing.
        package var zeroCosts: Int
        /// The cost, when every sample has the same one above 0.
        package var constantCost: Double?
        /// Samples with an outcome but no tokens, when token counts are given at all.
        package var emptyUsage: Int
        /// Those of them that are right to some degree.
        package var emptyUsageRight: Int
        /// Samples whose total is not tokens in + tokens out, when totals are given.
        package var wrongTotals: Int
    }

    package var name: String
    /// Nil when there are no costs.
    package var costUnit: String?
    package var samples: Int
    /// Samples by dataset, by name.
    package var datasets: [(name: String, count: Int)]
    package var groups: Int
    /// Width of each embedding by tensor name.
    package var embeddings: [String: Int]
    package var models: [Model]
    /// Samples whose question and image were met before in another group.
    package var repeatedQuestions: Int
    /// Samples whose embeddings are those of an earlier sample of another group.
    package var repeatedEmbeddings: Int
    /// The model of the highest accuracy, the cheaper of equals.
    package var bestSingle: Model?
    /// Mean of the best correctness of each sample: what no router can beat.
    package var oracleAccuracy: Double
    /// The mean spread of several answers to one query, where there are some: noise of the labels.
    package var trialSpread: Double?
    /// What puts costs in doubt.
    package var audit: CostAudit
    /// Whether the samples have numbers because the files give them no ids.
    package var isNumbered = false
    /// What the importer decided on its own.
    package var notes: [String] = []

    /// A model that answered less of the samples than this is pointed at.
    package static let lowCoverage = 0.9

    package init(of dataset: Dataset) {
        name = dataset.name
        audit = CostAudit(of: dataset)
        costUnit = dataset.costUnit
        samples = dataset.samples.count
        datasets = Dictionary(grouping: dataset.samples, by: \.sample.dataset)
            .map { (name: $0.key, count: $0.value.count) }
            .sorted { $0.name < $1.name }
        groups = Set(dataset.samples.map(\.sample.group)).count
        embeddings = [:]
        for (name, matrix) in dataset.text { embeddings["text.\(name)"] = matrix.columns }
        for (name, matrix) in dataset.image { embeddings["image.\(name)"] = matrix.columns }
        models = dataset.models.indices.map { Self.model($0, of: dataset) }
        repeatedQuestions = Self.repeatedQuestions(of: dataset)
        repeatedEmbeddings = Self.repeatedEmbeddings(of: dataset)
        bestSingle = models.min { left, right in
            left.accuracy != right.accuracy ? left.accuracy > right.accuracy : left.meanCost < right.meanCost
        }
        let best = dataset.samples.indices.map { row in
            dataset.quality.row(row).reduce(0) { $1.isNaN ? $0 : max($0, $1) }
        }
        oracleAccuracy = best.reduce(0, +) / Double(max(best.count, 1))
        let spreads = dataset.qualitySD?.elements.filter { !$0.isNaN } ?? []
        trialSpread = spreads.isEmpty ? nil : spreads.reduce(0, +) / Double(spreads.count)
    }

    private static func model(_ column: Int, of dataset: Dataset) -> Model {
        let rows = dataset.samples.indices
        let measured = rows.filter { !dataset.quality[$0, column].isNaN }
        let costs = dataset.cost.map { cost in measured.map { cost[$0, column] } } ?? []
        let isConstant = costs.count > 1 && costs.allSatisfy { $0 == costs[0] } && costs[0] > 0
        let hasTokens = dataset.tokensIn != nil || dataset.tokensOut != nil
        let emptyUsage = measured.filter { row in
            let usage = [dataset.tokensIn, dataset.tokensOut].compactMap { $0?[row, column] }
            return hasTokens && !usage.contains { $0 > 0 }
        }
        return Model(
            name: dataset.models[column],
            accuracy: measured.reduce(0) { $0 + dataset.quality[$1, column] } / Double(rows.count),
            meanCost: costs.reduce(0, +) / Double(costs.count),
            missing: rows.count - measured.count,
            coverage: Double(measured.count) / Double(rows.count),
            zeroCosts: costs.count { $0 == 0 },
            constantCost: isConstant ? costs[0] : nil,
            emptyUsage: emptyUsage.count,
            emptyUsageRight: emptyUsage.count { dataset.quality[$0, column] > 0 },
            wrongTotals: measured.count { dataset.hasOtherTotal($0, column) }
        )
    }

    /// Samples with the question and the image of an earlier one of another group.
    ///
    /// An image that has no name is told by its embedding.
    private static func repeatedQuestions(of dataset: Dataset) -> Int {
        struct Prompt: Hashable {
            var question: String
            var image: String
            var embedding: [Float]
        }
        let embeddings = dataset.image.min { $0.key < $1.key }?.value
        var firstGroups: [Prompt: String] = [:]
        return dataset.samples.enumerated().count { row, sample in
            guard !sample.question.isEmpty else { return false }
            let prompt = Prompt(
                question: sample.question,
                image: sample.image,
                embedding: sample.image.isEmpty ? embeddings.map { Array($0.row(row)) } ?? [] : []
            )
            let group = firstGroups[prompt, default: sample.sample.group]
            firstGroups[prompt] = group
            return group != sample.sample.group
        }
    }

    /// Samples with all the embeddings of an earlier one of another group.
    private static func repeatedEmbeddings(of dataset: Dataset) -> Int {
        let matrices = (dataset.text.sorted { $0.key < $1.key } + dataset.image.sorted { $0.key < $1.key }).map(\.value)
        guard !matrices.isEmpty else { return 0 }
        var firstGroups: [[Float]: String] = [:]
        return dataset.samples.indices.count { row in
            let own = dataset.samples[row].sample.group
            let group = firstGroups[matrices.flatMap { $0.row(row) }, default: own]
            firstGroups[matrices.flatMap { $0.row(row) }] = group
            return group != own
        }
    }

    /// What should be looked at, one sentence each.
    package var warnings: [String] {
        var lines: [String] = []
        func warn(_ what: String, _ count: (Model) -> Int) {
            let found = models.filter { count($0) > 0 }
            guard !found.isEmpty else { return }
            let named = found.map { "\($0.name) \(count($0))" }.joined(separator: ", ")
            lines.append("\(what): \(named)")
        }
        warn("missing outcomes (chosen, they count as wrong)") { $0.missing }
        let sparse = models.filter { $0.coverage < Self.lowCoverage }
        if !sparse.isEmpty {
            let named = sparse.map { "\($0.name) \(Int(($0.coverage * 100).rounded(.down))) %" }.joined(separator: ", ")
            lines.append("answered less than \(Int(Self.lowCoverage * 100)) % of the samples: \(named)")
        }
        warn("outcomes that cost 0") { $0.zeroCosts }
        warn("outcomes without tokens") { $0.emptyUsage }
        warn("zero usage: right answers without tokens") { $0.emptyUsageRight }
        warn("token totals that are not in + out") { $0.wrongTotals }
        let constant = models.compactMap { model in
            model.constantCost.map { "\(model.name) \(JSONValue.shortestText($0))" }
        }
        if !constant.isEmpty { lines.append("one cost on every sample: \(constant.joined(separator: ", "))") }
        lines += [audit.constantWords, audit.freeWords, audit.servedWords].compactMap(\.self)
        if repeatedQuestions > 0 {
            lines.append(
                "questions repeated under another sample id: \(repeatedQuestions) (group them, or twins cross splits)"
            )
        } else if repeatedEmbeddings > 0 {
            lines.append(
                "samples with the embeddings of another one: \(repeatedEmbeddings) (group them, if they are twins)"
            )
        }
        return lines
    }
}
