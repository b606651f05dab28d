import Aggregator
import RouteGridBase

/// Boards whose verdict is known: the sentence above the table must say it.
package struct VerdictTrial: PlantedTrial {
    package enum Kind: String, Sendable, CaseIterable {
        /// Two models that are good at one half of the questions each, of one price.
        case better = "verdict-better"
        /// A cheap model that answers the easy half of the questions as the dear one does.
        case cheaper = "verdict-cheaper"
        /// Models of one quality and one price, and many items.
        case tied = "verdict-tied"
        /// The same with few items, on which the models seldom agree.
        case few = "verdict-few"
        /// A cheap model that is worse by three margins, and embeddings without a meaning: a router loses in proportion
        /// to what it saves.
        case worse = "verdict-worse"
    }

    let kind: Kind

    package init(kind: Kind) { self.kind = kind }

    package var name: String { kind.rawValue }
    package var usualTables: Int { 1_000 }

    package struct Outcome: Sendable {
        var found: Verdict.Kind
        /// Whether it is what was planted, and names a router that is what it says.
        var isRight: Bool
        var claimsSaving: Bool
    }

    private var rows: Int {
        switch kind {
        case .better: 1_000
        case .cheaper: 2_000
        case .tied: 4_500
        case .few: 400
        case .worse: 2_000
        }
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        var table = PlantedTable(models: kind == .cheaper || kind == .worse ? 2 : 3)
        for row in 0..<rows {
            let side = generator.uniform() < 0.5
            table.add(
                "\(seed)-\(number)-\(row)",
                quality: quality(side, &generator),
                cost: cost(&generator),
                text: (kind == .worse ? [0] : [Float((side ? 1 : -1) + 0.1 * generator.normal())]) + generator.noise(3)
            )
        }
        let run = try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.3, dev: 0.2, test: 0.5, seed: 1}]
                modality: [text]
                routers:
                  - {kind: linear, l2: [0.001, 0.1]}
                  - {kind: knn, k: [25, 50], metric: euclidean}
                  - {kind: kmeans, clusters: 4}
                  - best-single
                  - cheapest
                  - oracle
                seeds: [0]
                """
        )
        let board = try run.board()
        guard let verdict = board.verdicts.first, let section = board.sections.first else {
            throw RouteGridError(.checkFailed, "the board has no table")
        }
        if kind == .worse {
            // The share of items that the cheap model gets says what is truly lost.
            let cost = verdict.row.flatMap { section.claims?.claims[$0]?.cost?.estimate } ?? 1
            let lost = (1 - cost) / (1 - 1.0 / 50) * 0.06
            return Outcome(
                found: verdict.kind,
                isRight: verdict.kind != .better && (verdict.kind != .cheaper || lost <= 0.02),
                claimsSaving: verdict.kind == .cheaper && lost > 0.02
            )
        }
        let wanted: Verdict.Kind =
            switch kind {
            case .better: .better
            case .cheaper: .cheaper
            case .tied: .tied
            case .few, .worse: .tooFew
            }
        // Of the planted boards every router that learns is what the verdict says; no reference may be named.
        let isNamed = verdict.router.map { name in ["linear", "knn", "kmeans"].contains { name.hasPrefix($0) } }
        return Outcome(
            found: verdict.kind,
            isRight: verdict.kind == wanted && (wanted == .tooFew || wanted == .tied || isNamed == true),
            claimsSaving: verdict.text.contains("of its cost")
        )
    }

    private func cost(_ generator: inout Xoshiro256) -> [Double] {
        switch kind {
        case .cheaper: [1, 50].map { $0 * (0.8 + 0.4 * generator.uniform()) }
        case .worse: [1, 50]
        case .better, .tied, .few: [10, 10, 10]
        }
    }

    private func quality(_ side: Bool, _ generator: inout Xoshiro256) -> [Double] {
        switch kind {
        case .better:
            return [generator.outcome(side ? 0.9 : 0.4), generator.outcome(side ? 0.4 : 0.9), generator.outcome(0.5)]
        case .cheaper:
            guard side else { return [generator.outcome(0.3), generator.outcome(0.7)] }
            let common = generator.outcome(0.85)
            return [common, common]
        case .tied:
            // Alike on 19 of 20: differences are small, and known to be.
            let common = generator.outcome(0.6)
            return (0..<3).map { _ in generator.uniform() < 0.95 ? common : generator.outcome(0.6) }
        case .worse:
            // Alike on nine of ten.
            let common = generator.uniform()
            return [0.6, 0.66].map { (generator.uniform() < 0.9 ? common : generator.uniform()) < $0 ? 1 : 0 }
        case .few:
            return (0..<3).map { _ in generator.outcome(0.6) }
        }
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        var bars = [
            Bar.share("the verdict is right", outcomes.count(where: \.isRight), of: outcomes.count, .atLeast(0.94))
        ]
        for kind in Verdict.Kind.allCases {
            bars.append(
                .share("says \(kind.rawValue)", outcomes.count { $0.found == kind }, of: outcomes.count, .none)
            )
        }
        if kind != .cheaper {
            // Where all models have one price nothing can be saved; of `worse`, more than the margin is lost for it.
            bars.append(
                .share(
                    "a saving is claimed where there is none",
                    outcomes.count(where: \.claimsSaving),
                    of: outcomes.count,
                    .atMost(0.05)
                )
            )
        }
        return bars
    }
}
