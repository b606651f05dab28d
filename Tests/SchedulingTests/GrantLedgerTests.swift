import RouteGridBase
import Scheduling
import Testing

struct GrantLedgerTests {
    private let run = RunID(1)

    @Test func `a lease's cells become as few ranges as there can be`() {
        let grant = Grant(run: run, holder: "a", leased: [3, 4, 5, 9, 10, 12])
        #expect(grant.cells == [3..<6, 9..<11, 12..<13])
        let more = Grant(run: run, holder: "a", leased: [6, 7, 8])
        #expect(Grant.merged([grant, more]) == [Grant(run: run, holder: "a", cells: [3..<11, 12..<13])])
    }

    @Test func `a cell is its holder's, of its run, and of no other`() {
        var ledger = GrantLedger()
        ledger.add(Grant(run: run, holder: "a", leased: [3, 4]))
        ledger.add(Grant(run: run, holder: GrantLedger.anybody, leased: [7]))
        #expect(ledger.covers(3, of: run, for: ["a"]) && ledger.covers(4, of: run, for: ["b", "a"]))
        #expect(!ledger.covers(2, of: run, for: ["a"]) && !ledger.covers(5, of: run, for: ["a"]))
        #expect(!ledger.covers(3, of: run, for: ["b"]) && !ledger.covers(3, of: run, for: []))
        #expect(!ledger.covers(3, of: RunID(2), for: ["a"]))
        #expect(!ledger.covers(7, of: run, for: ["a"]) && ledger.covers(7, of: run, for: [""]))
    }

    @Test func `the ledger agrees with a table of cells, whatever the order of grants`() {
        var random = Xoshiro256(seed: Digest(hashing: "grants".utf8))
        var ledger = GrantLedger()
        var table: Set<CellID> = []
        for _ in 0..<300 {
            let first = CellID(Int.random(in: 0..<200, using: &random))
            let cells = Array(first..<first.advanced(by: Int.random(in: 1...9, using: &random)))
            let grant = Grant(run: run, holder: "a", leased: cells)
            #expect(ledger.contains(grant) == table.isSuperset(of: cells))
            ledger.add(grant)
            table.formUnion(cells)
            #expect(ledger.contains(grant))
        }
        for cell in CellID(-1)..<220 { #expect(ledger.covers(cell, of: run, for: ["a"]) == table.contains(cell)) }
        #expect(ledger.grants == [Grant(run: run, holder: "a", leased: table.sorted())])
    }
}
