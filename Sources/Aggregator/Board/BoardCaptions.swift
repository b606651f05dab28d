import RouteGridBase

/// The captions of a board's tables: two tables that differ never have the same.
struct BoardCaptions {
    /// Of each section, in parts that a terminal may break lines between.
    let parts: [[String]]

    init(_ sections: [BoardSection], mode: String) {
        let hasSplits = sections.contains { $0.key.splits != [0] }
        let priced = Set(sections.filter { $0.key.prices != nil }.map(\.key.dataset))
        let drafts = sections.map { section in
            Draft(section, mode: mode, namesIndex: hasSplits, isPriced: priced.contains(section.key.dataset))
        }
        let alike = Dictionary(grouping: drafts.indices) { drafts[$0].signature }
        parts = drafts.indices.map { place in
            let group = alike[drafts[place].signature] ?? []
            let telling = group.count > 1 ? Self.telling(place, group, sections) : []
            return drafts[place].parts(telling).map(SafeText.line)
        }
    }

    /// What tells a section from others whose caption reads the same.
    private static func telling(_ place: Int, _ group: [Int], _ sections: [BoardSection]) -> [String] {
        let (key, others) = (sections[place].key, group.map { sections[$0].key })
        func differ(_ value: (SectionKey) -> String) -> Bool { Set(others.map(value)).count > 1 }
        var parts: [String] = []
        if differ(\.data) { parts.append("data \(key.data.prefix(8))") }
        if differ({ $0.cost ?? "" }) {
            let digest = key.cost.map { String($0.prefix(8)) } ?? "not named by digest"
            parts.append("\(key.prices == nil ? "costs" : "prices") \(digest)")
        }
        if differ({ $0.split.canonicalText }) { parts.append(RowLabels.kindAndParameters(key.split) ?? "") }
        let left = group.filter { sections[$0].key != key }
        if parts.isEmpty, !left.isEmpty {
            parts.append("table \((group.firstIndex(of: place) ?? 0) + 1) of \(group.count) such")
        }
        return parts
    }

    /// A caption before it is known which other tables there are.
    private struct Draft {
        /// What the table is about, in the order of the caption.
        private let subject: [String]
        /// What is said of it besides: counts, units, flags.
        private let facts: [String]
        private let dataset: String

        init(_ section: BoardSection, mode: String, namesIndex: Bool, isPriced: Bool) {
            let key = section.key
            var subject = ["mode \(mode)"]
            if let condition = key.condition { subject.append("where \(condition)") }
            if key.pool != "all" { subject.append("models \(key.pool)") }
            let labels = section.rows.first.map { RowLabels(row: $0) }
            subject.append("split \(labels?.shortSplit ?? "")")
            if key.splits.count > 1 {
                subject.append("mean of \(key.splits.count) splits, index \(RowLabels.numbers(key.splits))")
            } else if namesIndex {
                subject.append("index \(RowLabels.numbers(key.splits))")
            }
            subject.append("part \(key.part)")
            let isWhole = key.curve == .exact && !RowLabels.isOfLabels(rule: key.rule)
            let scale = key.isRaw ? ", λ in units of cost" : ""
            subject.append("rule \(key.rule)\(scale)\(isWhole ? ", every operating point" : "")")
            for axis in BoardTable.axes {
                let found = Set(section.rows.compactMap(axis.text))
                if let text = found.first, found.count == 1 { subject.append(axis.words(text)) }
            }
            if let earlier = key.earlier { subject.append("recorded under \(earlier)") }
            if let prices = key.prices { subject.append("prices \(prices)") }
            if key.prices == nil, isPriced { subject.append("costs as measured") }
            var facts: [String] = []
            if let size = Self.size(section) { facts.append(size) }
            if let unit = section.rows.lazy.compactMap(\.costUnit).first { facts.append("costs in \(unit)") }
            if let twins = section.rows.map(\.twinCount).max(), twins > 0 { facts.append("\(twins) items with twins") }
            if let reads = section.rows.compactMap(\.testReads).max() {
                facts.append("test read by \(reads) configuration\(reads == 1 ? "" : "s") so far")
            }
            facts += BoardTable.sharedFlags(section.rows).map(\.rawValue)
            (self.subject, self.facts, dataset) = (subject, facts, key.dataset)
        }

        /// What a reader tells the table by.
        var signature: [String] { [dataset] + subject }

        func parts(_ telling: [String]) -> [String] { subject + telling + facts }

        /// `n = 120`, or of several splits the items of each and of all.
        private static func size(_ section: BoardSection) -> String? {
            guard let row = section.rows.first(where: { $0.itemCount != nil }),
                Set(section.rows.compactMap(\.itemCount)).count == 1
            else { return nil }
            var sizes: [Int: Int] = [:]
            for run in row.runs { if let count = run.itemCount { sizes[run.splitIndex] = count } }
            let (least, most) = (sizes.values.min() ?? 0, sizes.values.max() ?? 0)
            let each = least == most ? "\(least)" : "\(least)–\(most)"
            guard sizes.count > 1 else { return "n = \(each)" }
            let total = sizes.values.reduce(0, +)
            // Folds are disjoint; other splits may test an item again.
            let all = section.key.split["kind"] == "kfold" ? "\(total) items in all" : "\(total) with repeats"
            return "n = \(each) in each split, \(all)"
        }
    }
}
