import Catalog
package import RouteGridBase
import RoutingData

/// Collects the dev values of a grid's configurations, group by group, and then chooses.
///
/// The choice is a function of the lock and the dev records: groups are added in rising order whatever the order in
/// which records were made. Memory grows with the number of configurations.
///
/// A configuration is a router with its parameters, its modalities, its encoders and its fusion. Its value is the mean
/// over the datasets and splits that `per` does not keep apart of its mean there over budgets that judge (see
/// `judges(_:budget:)`), each the mean over seeds. Splits of which one tests what another trains on or judges by are
/// always apart: a mean over them has seen what it is reported on. A configuration competes when each of them has a
/// value, on every dataset, split, rule and budget that any of its rivals is judged on; the best mean wins, and of
/// equal ones the first in grid order.
package struct SelectionTally: Sendable {
    private let lock: GridLock
    private let metric: MetricDescriptor
    private let fields: [SelectionField]
    private let per: [String]
    private let codes: SelectionCodes
    /// By block, then by the block's own budget number.
    private let judging: [[Bool]]
    private var routers: [[UInt8]: Int] = [:]
    private var order: [[Int]] = []
    private var contests: [[Int]: SelectionContest] = [:]

    /// - Parameter lock: a grid with `select`; nil for one without.
    package init?(_ lock: GridLock) {
        guard let select = lock.contents.select, let metric = MetricDescriptor.named(select.metric) else { return nil }
        self.lock = lock
        self.metric = metric
        per = select.per
        fields = SelectionField.allCases.filter { select.per.contains($0.rawValue) }
        codes = SelectionCodes(lock.contents)
        judging = lock.contents.blocks.map { block in
            block.budgets.map { Self.judges(block, budget: $0, of: lock.contents.axes.budgets) }
        }
    }

    package var metricName: String { metric.name }

    /// Whether a budget's dev record counts: `exact` alone where the block has it under the same rule, else every point
    /// that the grid lists.
    private static func judges(_ block: GridBlock, budget: Int, of budgets: [GridBudget]) -> Bool {
        let own = budgets[budget]
        return own.budget == .exact
            || !block.budgets.contains { budgets[$0].rule == own.rule && budgets[$0].budget == .exact }
    }

    /// The dev cells of a group whose values count.
    package func judgingJobs(ofGroup group: Int) -> [KeyedJob] {
        let block = lock.block(ofGroup: group)
        return lock.jobs(ofGroup: group).filter { job in
            let digits = lock.digits(ofCell: job.cell, inGroup: group)
            return lock.contents.axes.parts[digits.part] == .dev && judging[block][digits.budget]
        }
    }

    /// Adds the next group of ``GridLock/evaluationGroups``.
    ///
    /// - Parameters:
    ///   - group: larger than all before it.
    ///   - readings: What the records of its ``judgingJobs(ofGroup:)`` say, by key; absent = no record.
    package mutating func add(group: Int, readings: [JobKey: MetricReading]) {
        let (block, values) = lock.coordinates(ofGroup: group)
        let layout = lock.layouts[block]
        let router = router(block, values.parameters)
        let place = values.table * lock.contents.axes.splits.count + values.split
        let variant = layout.variants[values.variant]
        for job in lock.jobs(ofGroup: group) {
            let digits = lock.digits(ofCell: job.cell, inGroup: group)
            let number = layout.block.budgets[digits.budget]
            let budget = lock.contents.axes.budgets[number]
            let modality = ModalityCode(train: variant.train, test: variant.tests[digits.test])
            let code = SelectionCodes.Place(
                block: block,
                router: router,
                table: values.table,
                split: values.split,
                modality: modality,
                encoder: values.encoder,
                fusion: values.fusion,
                rule: budget.rule
            )
            let contest = codes.contest(code, fields: fields)
            if contests[contest] == nil { order.append(contest) }
            let configuration = SelectionContest.Configuration(
                router: router,
                modality: modality,
                encoder: values.encoder,
                fusion: values.fusion
            )
            contests[contest, default: SelectionContest()].add(
                job.cell,
                of: configuration,
                group: group,
                condition: SelectionContest.Condition(place: place, budget: number),
                reading: lock.contents.axes.parts[digits.part] == .test
                    ? .test : judging[block][digits.budget] ? .judging(readings[job.jobKey]) : .other
            )
        }
    }

    private mutating func router(_ block: Int, _ parameters: [Int]) -> Int {
        let bytes = lock.routerBytes(block: block, parameters)
        if let known = routers[bytes] { return known }
        routers[bytes] = routers.count
        return routers.count - 1
    }

    /// The choice, after all groups were added.
    package func frozen() -> FrozenSelection {
        FrozenSelection(
            lock: lock.digest,
            metric: metric.name,
            isLargerBetter: metric.isLargerBetter,
            per: per,
            choices: order.compactMap { key in
                contests[key].map { $0.choice(metric, fields: fields, lock: lock) }
            }
        )
    }

    /// How many test cells the selection will hold: exact where the configurations that compete have equally many.
    ///
    /// After all groups were added, with whatever readings.
    package var testCells: (choices: Int, least: Int, most: Int) {
        contests.values.reduce((0, 0, 0)) { sum, contest in
            let counts = contest.testCellCounts
            return (sum.0 + 1, sum.1 + (counts.min() ?? 0), sum.2 + (counts.max() ?? 0))
        }
    }
}
