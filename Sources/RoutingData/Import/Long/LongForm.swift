package import RouteGridBase

/// How long files are laid out: where each field stands, and what is particular about them.
package struct LongForm: Sendable {
    /// What two rows of one query, model and trial mean.
    package enum Repeats: String, CaseIterable, Sendable {
        /// A mistake of the file.
        case refused
        /// Further answers: their mean is taken.
        case trials
        /// The first row counts.
        case first
    }

    /// A test of one value of a record.
    package struct Condition: Sendable {
        var path: FieldPath
        /// The value as text.
        var value: String

        package init(_ path: FieldPath, is value: String) { (self.path, self.value) = (path, value) }
    }

    package var fields: [LongField: FieldSource] = [:]
    /// The list of the rows within a document; nil when the document is the list, or a row.
    package var rows: FieldPath?
    package var values = ScoreForm.number
    /// Texts that stand for a missing score, cost, count of tokens or latency.
    package var missing: Set<String> = []
    package var repeats = Repeats.refused
    /// What scores are divided by.
    package var scale = 1.0
    /// What latencies are divided by to be seconds.
    package var latencyScale = 1.0
    /// Rows that count; all of these must hold.
    package var kept: [Condition] = []
    /// Rows that are left out when one of these holds.
    package var skipped: [Condition] = []
    /// Rows whose model gave no answer when one of these holds: their outcome is missing.
    package var unanswered: [Condition] = []
    /// What tells two files of one measurement: the newest of them counts.
    package var newestBy: [FieldPath] = []
    /// Whether the texts of one id may differ: the id is then known to be that of the query.
    package var acceptsOtherTexts = false
    /// A column that must not be taken for costs, and why.
    package var unusableCost: (column: String, reason: String)?
    /// What to do about files without scores.
    package var scoreAdvice: String?
    /// Whether a file that a folder holds is one of results, by its name.
    package var accepts: @Sendable (String) -> Bool = { _ in true }
    /// What the path of a file says about its rows.
    package var facts: @Sendable (String) -> [LongField: String] = { _ in [:] }

    package init(_ fields: [LongField: FieldSource] = [:]) { self.fields = fields }

    /// Changes where fields stand, as `--map` says: `query=prompt,model=name,score=metrics.acc`.
    ///
    /// - Throws: `usage` for an unknown field or an entry without a path.
    package mutating func map(_ text: String) throws(RouteGridError) {
        let known = LongField.allCases.map(\.rawValue)
        for entry in text.split(separator: ",") {
            let sides = entry.split(separator: "=", maxSplits: 1).map { String($0).withoutOuterBlanks }
            guard sides.count == 2, !sides[1].isEmpty else {
                throw RouteGridError(.usage, "--map: expected FIELD=COLUMN, found \"\(entry)\"")
            }
            guard let field = LongField(rawValue: sides[0]) else {
                throw RouteGridError(
                    .usage,
                    "--map: unknown field \"\(sides[0])\"\(NearestName.hint(sides[0], in: known)): expected "
                        + known.joined(separator: ", ")
                )
            }
            fields[field] = .at(FieldPath(sides[1]))
            if field == .cost { unusableCost = nil }
        }
    }

    /// Refuses a form that gives no outcome.
    ///
    /// - Throws: `usage` when model, score, or both query and id are not said.
    package func check() throws(RouteGridError) {
        for field in [LongField.model, .score] where fields[field] == nil && facts("file")[field] == nil {
            throw RouteGridError(.usage, "--map: \(field.rawValue)=COLUMN is needed")
        }
        guard fields[.query] != nil || fields[.id] != nil else {
            throw RouteGridError(.usage, "--map: query=COLUMN or id=COLUMN is needed")
        }
    }
}
