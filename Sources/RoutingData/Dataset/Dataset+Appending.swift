package import RouteGridBase

extension Dataset {
    /// This dataset with what an importer read out of further files.
    ///
    /// Samples are one by their id; where the files give none, by their question. What the files do not say about a
    /// sample that is known, its dataset and group, stays as it is. Else as ``merged(with:place:)``.
    ///
    /// - Parameters:
    ///   - other: what was read, under this dataset's name and labels.
    ///   - isNumbered: whether `other` has numbers for ids because its files give none.
    ///   - place: what error messages call the files.
    /// - Returns: the dataset, new samples last.
    /// - Throws: `badInput` naming the sample, model or number on which they disagree, or a sample that cannot be told.
    package func appending(
        _ other: Dataset,
        isNumbered: Bool,
        place: String
    ) throws(RouteGridError) -> Dataset {
        var added = other
        if isNumbered { try added.takeIDs(of: self, place: place) }
        let known = Dictionary(uniqueKeysWithValues: samples.map { ($0.sample.id, $0.sample) })
        let hasGroups = other.groups != Self.lonely
        for row in added.samples.indices {
            let found = added.samples[row].sample
            let own = known[found.id]
            let isNamed = other.samples[row].sample.dataset != name
            added.samples[row].sample = Sample(
                id: found.id,
                dataset: isNamed ? found.dataset : own?.dataset ?? found.dataset,
                group: hasGroups ? found.group : own?.group ?? found.id
            )
        }
        if !hasGroups { added.groups = groups }
        return try merged(with: added, place: place)
    }

    /// What ``groups`` is when every sample stands alone.
    private static let lonely = "sample_id"

    /// Gives the samples the ids of those with the same question, and new ones the next free numbers.
    private mutating func takeIDs(of known: Dataset, place: String) throws(RouteGridError) {
        var ids: [String: String?] = [:]
        for sample in known.samples where !sample.question.isEmpty {
            // Nil for a question that two samples ask.
            ids[sample.question] = ids[sample.question] == nil ? .some(sample.sample.id) : .some(nil)
        }
        var taken = Set(known.samples.map(\.sample.id))
        var next = known.samples.count
        var problems = ProblemList()
        for row in samples.indices {
            let question = samples[row].question
            let shown = JSONValue.string(SafeText.shortened(question, to: 60)).jsonText
            var id: String
            switch ids[question] {
            case .some(.some(let found)): id = found
            case .some(nil):
                problems.add(.badInput(place, "the query \(shown) is of several samples: expected an id for each row"))
                continue
            case nil where question.isEmpty:
                problems.add(.badInput(place, "row \(row + 1): expected an id or a query that tells the sample"))
                continue
            case nil:
                repeat {
                    next += 1
                    id = String(next)
                } while taken.contains(id)
                taken.insert(id)
            }
            let old = samples[row].sample
            samples[row].sample = Sample(id: id, dataset: old.dataset, group: old.group == old.id ? id : old.group)
        }
        try problems.throwIfAny()
    }
}
