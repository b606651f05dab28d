import Aggregator
import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

/// What becomes of rows when one thing is changed.
@Suite struct BoardChangesTests {
    private static let split = Split(
        kind: .random(train: 0.3, dev: 0.2, test: 0.5, groupBy: .sample),
        seed: 1,
        index: 0
    )

    /// Two models of 1,000 items; `salt` draws the answers, `factor` prices them.
    private static func table(items: Int = 1_000, salt: String = "a", factor: Double = 1, prefix: String = "s")
        -> OutcomeTable
    {
        var generator = Xoshiro256(seed: Digest(hashing: Array(salt.utf8)))
        return OutcomeTable(
            models: ["cheap", "dear"],
            samples: (0..<items).map { Sample(id: "\(prefix)\($0)", dataset: "d", group: "\(prefix)\($0)") },
            quality: Matrix(
                rows: items,
                columns: 2,
                elements: (0..<items).flatMap { item in
                    [0.4, 0.7].map { generator.fraction() < $0 + 0.2 * Double(item % 3 - 1) ? 1.0 : 0 }
                }
            ),
            cost: Matrix(rows: items, columns: 2, elements: (0..<items).flatMap { _ in [1 * factor, 5 * factor] })
        )
    }

    /// A board of some choosers, by the share of items that they send to the dearer model.
    private static func board(_ table: OutcomeTable, _ shares: [Double] = [0.2, 0.5, 0.9]) throws -> RecordedBoard {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        var records = PlantedRecords(table)
        for (number, share) in shares.enumerated() {
            try records.add(
                choices: table.samples.indices.map { UInt8(Double($0 * 7919 % 1_000) < 1_000 * share ? 1 : 0) },
                number: number + 1,
                split: split
            )
        }
        try records.write(to: folder.path)
        let board = try RecordedBoard(path: folder.path)
        kept.withLock { $0.append(folder) }
        return board
    }

    /// Folders whose blobs are read again.
    private static let kept = LockedBox<[TemporaryFolder]>([])

    private func kinds(_ changes: BoardChanges) -> Set<RowChange.Kind> { Set(changes.rows.map(\.kind)) }

    @Test func `the same records are unchanged, byte for byte`() throws {
        let board = try Self.board(Self.table())
        let changes = try BoardChanges(from: board, to: board)
        #expect(kinds(changes) == [.unchanged])
        #expect(changes.rows.count == 3)
        #expect(changes.rows.allSatisfy { $0.estimate == nil && $0.cells.equal == 1 })
        #expect(changes.summary == "3 rows: 3 unchanged.")
        #expect(try ChangeRule("any").findings(changes).isEmpty)
    }

    @Test func `rows come and go, and what stays has other rows beside it only`() throws {
        let changes = try BoardChanges(
            from: Self.board(Self.table(), [0.2, 0.5]),
            to: Self.board(Self.table(), [0.2, 0.5, 0.9])
        )
        #expect(changes.count(.new) == 1)
        #expect(changes.count(.pool) + changes.count(.unchanged) == 2)
        let back = try BoardChanges(
            from: Self.board(Self.table(), [0.2, 0.5, 0.9]),
            to: Self.board(Self.table(), [0.2, 0.5])
        )
        #expect(back.count(.gone) == 1)
        #expect(try ChangeRule("gone,worse").findings(back).count == 1)
    }

    @Test func `other costs of the same answers are a price`() throws {
        let changes = try BoardChanges(from: Self.board(Self.table()), to: Self.board(Self.table(factor: 2)))
        #expect(kinds(changes) == [.price])
        #expect(changes.rows.allSatisfy { $0.causes == [.prices] })
    }

    @Test func `other items are data`() throws {
        let changes = try BoardChanges(from: Self.board(Self.table()), to: Self.board(Self.table(prefix: "t")))
        #expect(kinds(changes) == [.data])
        #expect(changes.rows.allSatisfy { $0.estimate?.isPaired == false })
    }

    @Test func `answers that were drawn again are within noise, and a lost model is not`() throws {
        let old = try Self.board(Self.table())
        let again = try BoardChanges(from: old, to: Self.board(Self.table(salt: "b")))
        #expect(kinds(again) == [.withinNoise])
        #expect(again.rows.allSatisfy { $0.causes == [.outcomes] && $0.estimate?.isPaired == true })
        var worse = Self.table(salt: "c")
        for item in 0..<worse.samples.count where item % 3 != 0 { worse.quality[item, 1] = 0 }
        let changes = try BoardChanges(from: old, to: Self.board(worse))
        #expect(changes.rows.contains { $0.kind == .changed && $0.isShownWorse })
        #expect(try !ChangeRule("worse").findings(changes).isEmpty)
        #expect(String(decoding: changes.markdownBytes, as: UTF8.self).contains("shown to be worse"))
    }

    @Test func `a paired difference is narrower than that of two intervals`() throws {
        let (old, new) = (try Self.board(Self.table()), try Self.board(Self.table(salt: "b")))
        let paired = try BoardChanges(from: old, to: new)
        for row in paired.rows {
            let (before, after) = (
                try #require(row.old?.interval(row.metric)), try #require(row.new?.interval(row.metric))
            )
            let own = hypot(before.high - before.low, after.high - after.low)
            let interval = try #require(row.interval)
            // Bonferroni over three rows: 2.39 in place of 1.96 standard errors.
            #expect(interval.high - interval.low < own * 2.39 / 1.96)
        }
    }

    @Test func `an unknown rule is a usage error with the nearest one`() {
        let error = #expect(throws: RouteGridError.self) { try ChangeRule("wrose") }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("worse") == true)
    }
}
