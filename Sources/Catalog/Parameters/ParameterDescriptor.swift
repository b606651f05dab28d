package import RouteGridBase

/// One typed parameter with its range and default.
package struct ParameterDescriptor: Sendable {
    package enum Domain: Hashable, Sendable {
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case choice([String])
        case flag
        /// A non-empty list of integers in a range, such as hidden layer widths.
        case integers(ClosedRange<Int>)
        /// Any text (a model's name).
        case text
        /// A file, relative to the grid file; keys hold the digest of its content.
        case file
    }

    package var name: String
    package var domain: Domain
    /// Nil when the grid must give it.
    package var defaultValue: JSONValue?
    package var summary: String
    /// Rows that a value above their number cannot be fitted on (neighbours, clusters): refused before a run.
    package var atMost: RowLimit?

    package enum RowLimit: Hashable, Sendable {
        /// All rows of the train part.
        case trainRows
        /// Those that some model answers correctly, see ``EvaluationMode/correctFrom``.
        case answeredTrainRows
    }

    package init(
        _ name: String,
        _ domain: Domain,
        default defaultValue: JSONValue?,
        _ summary: String,
        atMost: RowLimit? = nil
    ) {
        self.name = name
        self.domain = domain
        self.defaultValue = defaultValue
        self.summary = summary
        self.atMost = atMost
    }
}
