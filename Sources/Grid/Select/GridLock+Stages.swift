import Catalog
package import RouteGridBase
import RoutingData

/// The two stages of a grid with `select`: cells of part dev, then the selected ones of part test.
extension GridLock {
    /// What a cell's number says besides its group.
    struct CellDigits {
        /// The number of the test modality within its variant.
        var test: Int
        var part: Int
        /// The number of the budget within its block.
        var budget: Int
    }

    func digits(ofCell cell: CellID, inGroup group: Int) -> CellDigits {
        let layout = layouts[block(ofGroup: group)]
        let rest = cells(ofGroup: group).lowerBound.distance(to: cell)
        let budgets = layout.block.budgets.count
        return CellDigits(
            test: rest / budgets / layout.partCount,
            part: rest / budgets % layout.partCount,
            budget: rest % budgets
        )
    }

    /// The number of a cell's split on the axis.
    package func split(ofCell cell: CellID) -> Int { coordinates(ofGroup: group(ofCell: cell)).values.split }

    /// Whether a cell reads test and waits for the selection.
    package func isDeferred(_ cell: CellID) -> Bool {
        guard contents.select != nil, cell.rawValue < evaluationCellCount else { return false }
        let digits = digits(ofCell: cell, inGroup: group(ofCell: cell))
        return contents.axes.parts[digits.part] == .test
    }

    /// The test cells that wait for the selection, excluded ones not counted.
    package var deferredCount: Int {
        // Exclusions know no part: every part has equally many cells.
        contents.select == nil ? 0 : (evaluationCellCount - excludedEvaluationCount) / contents.axes.parts.count
    }

    /// The cells that run whatever is selected, measurements of latency among them: all of a grid without `select`.
    package var firstStageCount: Int { activeCellCount - deferredCount }

    /// The cells that evaluate before anything is selected.
    package var judgedCellCount: Int { evaluationCellCount - excludedEvaluationCount - deferredCount }

    /// What people tell the configurations of a contest apart by.
    func configurationLabel(ofCell cell: CellID, group: Int) -> JSONValue {
        let job = recordedJob(ofCell: cell, group: group)
        return .object(
            (job.objectValue ?? [:]).filter { ["router", "modality", "encoder", "fusion"].contains($0.key) }
        )
    }

    /// Numbers of the splits of the axis, equal for those whose dev values are averaged before a choice.
    package var splitSharing: [Int] { Split.sharing(of: contents.axes.splits) }

    /// Whether something is chosen for several splits apart, though `select.per` does not ask for it.
    package var selectsBySplit: Bool {
        guard let select = contents.select, !select.per.contains(SelectionField.splitIndex.rawValue) else {
            return false
        }
        return Set(splitSharing).count > 1
    }

    /// Which of the splits whose dev values a contest averages the members of `job.split` are: those that all have.
    private func sharedSplitMembers(ofGroup group: Int) -> [String: JSONValue] {
        let sharing = splitSharing
        let own = sharing[coordinates(ofGroup: group).values.split]
        guard Set(sharing).count > 1 else { return [:] }
        var shared: [String: JSONValue]?
        for (split, number) in zip(contents.axes.splits, sharing) where number == own {
            let members: [String: JSONValue] = ["seed": JSONValue(split.seed), "index": JSONValue(split.index)]
            shared = shared?.filter { members[$0.key] == $0.value } ?? members
        }
        return shared ?? [:]
    }

    /// The values of the fields that a cell's contest keeps apart, and of the split's seed and index where it does.
    func selectionLabel(ofCell cell: CellID, group: Int, fields: [SelectionField]) -> JSONValue {
        let job = recordedJob(ofCell: cell, group: group)
        var members: [String: JSONValue] = [:]
        for field in fields {
            members[field.rawValue] =
                switch field {
                case .routerKind: job["router"]?["kind"]
                case .split:
                    .object((job["split"]?.objectValue ?? [:]).filter { $0.key != "seed" && $0.key != "index" })
                case .splitIndex:
                    .object((job["split"]?.objectValue ?? [:]).filter { $0.key == "seed" || $0.key == "index" })
                default: job[field.rawValue]
                }
        }
        if contents.axes.priceCount > 1 { members["prices"] = job["prices"] ?? .null }
        let shared = sharedSplitMembers(ofGroup: group)
        if !shared.isEmpty, !fields.contains(.splitIndex) {
            members[SelectionField.splitIndex.rawValue] = .object(shared)
        }
        return .object(members)
    }

    /// What a test cell has in common with all that count as the same read: nil for cells of other parts.
    ///
    /// Cheap to make and to compare, unlike the ``TestRead`` that it stands for.
    package struct ReadPlace: Hashable, Sendable {
        var fitWithoutSeed: Int
        var block: Int
        var test: Int
    }

    package func readPlace(ofCell cell: CellID) -> ReadPlace? {
        guard cell.rawValue < evaluationCellCount else { return nil }
        let group = group(ofCell: cell)
        let digits = digits(ofCell: cell, inGroup: group)
        guard contents.axes.parts[digits.part] == .test else { return nil }
        let block = block(ofGroup: group)
        let layout = layouts[block]
        return ReadPlace(
            fitWithoutSeed: layout.withoutRepetition(group: group - layout.firstGroup),
            block: block,
            test: digits.test
        )
    }

    package func testRead(ofCell cell: CellID) -> TestRead? {
        TestRead(job: recordedJob(ofCell: cell, group: group(ofCell: cell)))
    }

    /// The `job` object that the record of a cell shows.
    func recordedJob(ofCell cell: CellID, group: Int) -> JSONValue {
        RecordedJob.json(fit: fit(ofGroup: group), job: job(ofCell: cell), labels: labels(ofGroup: group))
    }
}
