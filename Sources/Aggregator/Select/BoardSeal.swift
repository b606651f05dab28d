import Catalog
import Grid
package import RouteGridBase

/// What frozen selections say about records: which test records were selected on dev, and which dev records are the
/// candidates of a selection and no rows of a board.
package struct BoardSeal: Sendable {
    /// The choice that a test record was read for.
    struct Selected: Sendable {
        let metric: String
        let isLargerBetter: Bool
        let choice: FrozenSelection.Choice
        /// Equal for choices that differ in the split index alone: they make one row.
        let group: Int
        /// Whether its cells are of several splits of which one tests what another trains on or judges by.
        let isLeaky: Bool
    }

    private var choices: [Selected] = []
    private var known: Set<Digest> = []
    private var groupCount = 0
    private var tests: [JobKey: [Int]] = [:]
    private var candidates: Set<JobKey> = []
    /// Choices that could not be made, in words.
    private(set) var unmade: [String] = []

    package init() {}

    package var isEmpty: Bool { known.isEmpty }

    /// Adds the selection of a grid, once.
    ///
    /// - Throws: `badInput` when it is another grid's.
    /// - Complexity: A few microseconds a cell.
    package mutating func add(_ grid: SealedGrid) throws(RouteGridError) {
        let (lock, selection) = (grid.lock, grid.selection)
        guard selection.lock == lock.digest else {
            throw .badInput(OutputName.selection, "the selection of another grid: its lock is \(selection.lock)")
        }
        guard known.insert(selection.digest).inserted else { return }
        var selected: [CellID: Int] = [:]
        var groups: [JSONValue: Int] = [:]
        let sharing = lock.splitSharing
        for choice in selection.choices {
            if let why = choice.why { unmade.append("\(BoardSeal.words(choice.per)): \(why)") }
            for cell in choice.cells.flatMap(\.cells) { selected[cell] = choices.count }
            // Bounds, which compete with nobody, are a row of their own whatever is kept apart.
            let isBound = choice.chosen.map { RouterCatalog.bounds.contains($0.kind) } ?? false
            let name: JSONValue = [choice.per.with(SelectionField.splitIndex.rawValue, nil), .bool(isBound)]
            let group = groups[name] ?? groupCount + groups.count
            groups[name] = group
            choices.append(
                Selected(
                    metric: selection.metric,
                    isLargerBetter: selection.isLargerBetter,
                    choice: choice,
                    group: group,
                    isLeaky: Set(choice.cells.map { sharing[lock.split(ofCell: $0.first)] }).count > 1
                )
            )
        }
        groupCount += groups.count
        for group in lock.evaluationGroups {
            for job in lock.jobs(ofGroup: group) {
                if !lock.isDeferred(job.cell) {
                    candidates.insert(job.jobKey)
                } else if let choice = selected[job.cell] {
                    tests[job.jobKey, default: []].append(choice)
                }
            }
        }
    }

    /// The numbers of the choices that a record was read for; none for one that was read without a selection.
    func choices(of key: JobKey) -> [Int] { tests[key] ?? [] }

    subscript(choice: Int) -> Selected { choices[choice] }

    /// Records that make rows, and the candidates of selections.
    func parted(_ records: [ScoredRecord]) -> (rows: [ScoredRecord], candidates: [ScoredRecord]) {
        if isEmpty { return (records, []) }
        return (
            records.filter { !candidates.contains($0.jobKey) }, records.filter { candidates.contains($0.jobKey) }
        )
    }

    /// `dataset digits, router.kind knn`.
    private static func words(_ per: JSONValue) -> String {
        (per.objectValue ?? [:]).sorted { $0.key < $1.key }
            .map { "\($0.key) \(RowLabels.kindAndParameters($0.value) ?? RowLabels.text($0.value))" }
            .joined(separator: ", ")
    }
}
