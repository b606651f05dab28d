import RouteGridBase

extension OutcomeCollector {
    /// The unit of costs of data that have neither costs nor tokens: every answer is one call.
    static let callUnit = "call"

    /// The dataset of all rows, with what was decided on the way; `place` is what error messages call the files.
    ///
    /// - Throws: `badInput` when a name is refused or nothing is left.
    func dataset(_ labels: ImportLabels, place: String) throws(RouteGridError) -> (dataset: Dataset, notes: [String]) {
        guard !samples.isEmpty else { throw .badInput(place, "no rows\(skippedCount > 0 ? " are left" : "")") }
        var problems = ProblemList()
        for (what, names) in [("model", models), ("dataset", datasets)] {
            for name in names where !(what == "dataset" && name.isEmpty) {
                guard let problem = NameRule.problem(name) else { continue }
                problems.add(.badInput(place, "the \(what)'s name \(JSONValue.string(name).jsonText) \(problem)"))
            }
        }
        for name in Set(served.values.flatMap(\.keys)).sorted() {
            guard let problem = NameRule.problem(name) else { continue }
            problems.add(.badInput(place, "the served model's name \(JSONValue.string(name).jsonText) \(problem)"))
        }
        let ids = sampleIDs()
        var seen: Set<String> = []
        for id in ids {
            if id.isEmpty || id.withoutOuterBlanks != id {
                let shown = JSONValue.string(id).jsonText
                problems.add(.badInput(place, "the id \(shown) is empty or has blanks at its ends"))
            } else if !seen.insert(id).inserted {
                problems.add(.badInput(place, "the id \"\(id)\" is of two queries"))
            }
        }
        try problems.throwIfAny()
        let order = models.indices.sorted { Dataset.inCodePointOrder(models[$0], models[$1]) }
        var notes: [String] = []
        let outcomes = outcomes(order, &notes)
        if samples.allSatisfy({ $0.id == nil }) {
            notes.append("no ids: samples are numbered 1…\(samples.count) in the order of the files")
        }
        if skippedCount > 0 { notes.append("rows left out: \(skippedCount)") }
        if repeatedCount > 0, form.repeats == .first {
            notes.append("further rows of a query and model, left out: \(repeatedCount)")
        }
        if unansweredCount > 0 { notes.append("failed answers, which are missing outcomes: \(unansweredCount)") }
        let hasGroups = samples.contains { $0.group != nil }
        return (
            Dataset(
                name: labels.name,
                models: order.map { models[$0] },
                costUnit: outcomes.cost == nil ? nil : outcomes.isInCalls ? Self.callUnit : labels.costUnit,
                groups: hasGroups ? "group" : "sample_id",
                provenance: labels.provenance,
                licence: labels.licence,
                served: served,
                samples: samples.enumerated().map { row, sample in
                    let dataset = datasets[sample.dataset]
                    return DatasetSample(
                        sample: Sample(
                            id: ids[row],
                            dataset: dataset.isEmpty ? labels.name : dataset,
                            group: sample.group ?? ids[row]
                        ),
                        question: sample.question,
                        image: sample.image
                    )
                },
                quality: outcomes.quality,
                cost: outcomes.cost,
                tokensIn: outcomes.tokensIn,
                tokensOut: outcomes.tokensOut,
                latency: outcomes.latency,
                trials: outcomes.trials,
                qualitySD: outcomes.qualitySD
            ), notes
        )
    }

    /// The ids as they are; with their dataset in front where an id occurs in two.
    private func sampleIDs() -> [String] {
        var seen: Set<String> = []
        var areUnique = true
        for case let id? in samples.lazy.map(\.id) where !seen.insert(id).inserted {
            areUnique = false
            break
        }
        return samples.enumerated().map { row, sample in
            guard let id = sample.id else { return String(row + 1) }
            return areUnique || datasets[sample.dataset].isEmpty ? id : "\(datasets[sample.dataset])/\(id)"
        }
    }

    private struct Outcomes {
        var quality: Matrix<Double>
        var cost: Matrix<Double>?
        var isInCalls = false
        var tokensIn: Matrix<Double>?
        var tokensOut: Matrix<Double>?
        var latency: Matrix<Double>?
        var trials: Matrix<Double>?
        var qualitySD: Matrix<Double>?
    }

    private func outcomes(_ order: [Int], _ notes: inout [String]) -> Outcomes {
        let all = cells.joined()
        let hasCosts = all.contains { $0.costs > 0 }
        let hasTrials = all.contains { $0.scores > 1 }
        var (withoutCost, withoutScore) = (0, 0)
        func matrix(_ value: (Cell) -> Double) -> Matrix<Double> {
            var matrix = Matrix(repeating: Double.nan, rows: samples.count, columns: order.count)
            for (target, column) in order.enumerated() {
                for row in samples.indices where row < cells[column].count {
                    matrix[row, target] = value(cells[column][row])
                }
            }
            return matrix
        }
        func mean(_ sum: Double, _ count: UInt32) -> Double { count == 0 ? .nan : sum / Double(count) }
        func isWhole(_ cell: Cell) -> Bool { cell.scores > 0 && (!hasCosts || cell.costs > 0) }
        for cell in all where hasCosts {
            if cell.scores > 0 && cell.costs == 0 { withoutCost += 1 }
            if cell.scores == 0 && cell.costs > 0 { withoutScore += 1 }
        }
        var outcomes = Outcomes(quality: matrix { isWhole($0) ? mean($0.scoreSum, $0.scores) : .nan })
        if all.contains(where: { $0.tokensIn > 0 }) { outcomes.tokensIn = matrix { mean($0.tokensInSum, $0.tokensIn) } }
        if all.contains(where: { $0.tokensOut > 0 }) {
            outcomes.tokensOut = matrix { mean($0.tokensOutSum, $0.tokensOut) }
        }
        if hasCosts {
            outcomes.cost = matrix { isWhole($0) ? mean($0.costSum, $0.costs) : .nan }
        } else if outcomes.tokensIn == nil || outcomes.tokensOut == nil {
            outcomes.cost = matrix { isWhole($0) ? 1 : .nan }
            outcomes.isInCalls = true
            notes.append("neither costs nor tokens: every answer costs 1 call")
        }
        if all.contains(where: { $0.latencies > 0 }) { outcomes.latency = matrix { mean($0.latencySum, $0.latencies) } }
        if hasTrials {
            var trials = matrix { Double($0.scores) }
            trials.fillMissing(by: 0)
            outcomes.trials = trials
            outcomes.qualitySD = matrix { $0.scores > 1 ? $0.scoreSD : .nan }
        }
        if withoutCost > 0 {
            notes.append("outcomes with a score and no cost, which are missing outcomes: \(withoutCost)")
        }
        if withoutScore > 0 {
            notes.append("outcomes with a cost and no score, which are missing outcomes: \(withoutScore)")
        }
        return outcomes
    }
}

extension Matrix<Double> {
    fileprivate mutating func fillMissing(by value: Double) {
        for index in elements.indices where elements[index].isNaN { elements[index] = value }
    }
}
