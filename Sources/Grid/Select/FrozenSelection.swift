package import RouteGridBase

/// What was selected on dev: the explicit list of the test cells that may be read, and why it is these.
///
/// A function of the grid and its dev records; `selection.json` of an output folder.
package struct FrozenSelection: Hashable, Sendable {
    package static let schema = "routegrid/selection/v1"
    /// At most so many candidates of a choice are listed.
    package static let listedCandidates = 100

    /// More test cells than this are a mistake.
    static let cellLimit = 10_000_000

    /// A configuration that competed.
    package struct Candidate: Hashable, Sendable {
        /// `router`, `modality`, `encoder` and `fusion`, as records show them.
        package var configuration: JSONValue
        /// Its mean dev value; nil when it has none.
        package var dev: Double?
        /// Why it has none.
        package var why: String?

        /// The router's kind.
        package var kind: String { configuration["router"]?["kind"]?.stringValue ?? "" }
    }

    /// One configuration out of those that differ in nothing that `per` names.
    package struct Choice: Hashable, Sendable {
        /// The values of the fields of `per`.
        package var per: JSONValue
        /// Configurations that the grid has here.
        package var configurations: Int
        /// Those with a dev value in every condition: one of them was chosen.
        package var competing: Int
        /// Dev cells that counted and have no record.
        package var unreadDevCells: Int
        /// Competing ones first, best first, equal ones in grid order; at most ``FrozenSelection/listedCandidates``.
        package var candidates: [Candidate]
        /// The test cells of the chosen configuration, as runs; empty when none was chosen.
        package var cells: [CellRun]
        /// Why none was chosen.
        package var why: String?

        package var chosen: Candidate? { why == nil ? candidates.first : nil }
    }

    /// Neighbouring cells.
    package struct CellRun: Hashable, Sendable {
        package var first: CellID
        package var count: Int
        package var cells: Range<CellID> { first..<first.advanced(by: count) }
    }

    /// The digest of the grid's lock.
    package var lock: Digest
    package var metric: String
    package var isLargerBetter: Bool
    package var per: [String]
    /// In grid order.
    package var choices: [Choice]

    /// Every selected test cell, in rising order, each once.
    package var cells: [CellID] { Set(choices.flatMap { $0.cells.flatMap(\.cells) }).sorted() }

    /// Choices that some dev cell had no record for.
    package var partialCount: Int { choices.count { $0.unreadDevCells > 0 } }
}
