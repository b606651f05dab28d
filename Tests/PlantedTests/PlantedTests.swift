import PlantedTrials
import Testing

/// Small editions of `trials planted`: they fail where a measurement cannot be explained by chance if the bound
/// holds.
@Suite struct PlantedTests {
    @Test(arguments: [EqualCandidates.Split.random, .folds, .twins])
    func `the mean of the selected is the truth, and its interval covers it`(split: EqualCandidates.Split) throws {
        try expect(EqualCandidates(split: split), tables: 60)
    }

    @Test func `QNC has no value where routing is not possible`() throws {
        try expect(NoRoutingPossible(), tables: 12)
    }

    @Test func `half of the cost is shown to be saved where routing saves it`() throws {
        try expect(HalfOfTheCost(), tables: 6)
    }

    @Test(arguments: [EqualRows.Kind.singles, .neighbours, .twins])
    func `equal rows are seldom separated`(kind: EqualRows.Kind) throws {
        try expect(EqualRows(kind: kind), tables: 60)
    }

    @Test func `ranges of ranks are the same under two seeds`() throws {
        try expect(StatisticsSeeds(rows: 40), tables: 8)
    }

    @Test func `a model that answered one row in twenty is no reference`() throws {
        try expect(SparseModel(), tables: 10)
    }

    @Test func `no row stands above the oracle`() throws {
        try expect(OracleBound(), tables: 40)
    }

    @Test func `intervals of every metric cover its truth`() throws {
        try expect(MetricCoverage(population: 20_000), tables: 60)
    }

    @Test(arguments: VerdictTrial.Kind.allCases)
    func `the verdict of a table says what was planted`(kind: VerdictTrial.Kind) throws {
        try expect(VerdictTrial(kind: kind), tables: 12)
    }

    @Test func `intervals of overall ranks hold the true ones, ties included`() throws {
        try expect(OverallRanks(), tables: 6)
    }

    @Test(arguments: [false, true])
    func `nights are judged right over a whole history`(hasDrop: Bool) throws {
        try expect(NightHistories(hasDrop: hasDrop), tables: 4)
    }

    private func expect(_ trial: some PlantedTrial, tables: Int) throws {
        let bars = try trial.measure(tables: tables)
        for bar in bars { #expect(!bar.isRefuted, "\(trial.name): \(bar.line)") }
    }
}
