import Coordinator
import Foundation
import GRDB
import RouteGridBase
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2))) struct RestoreTests {
    /// A coordinator with four records, one of which was contradicted twice, and a copy of it.
    private func backedUp() throws -> (bench: ServerBench, copy: String, keys: [JobKey]) {
        let bench = try ServerBench()
        _ = try bench.submit(groups: 1, cells: 4)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        let results = try lease.cells.map { try MadeUpResult($0) }
        try worker.send(results, of: lease)
        _ = try worker.verdicts(4)
        for text in ["wrong \"ü\"", "wrong again"] {
            try worker.send([MadeUpResult(lease.cells[1], says: text)], of: lease)
            #expect(try worker.verdicts(1) == [results[1].jobKey: .divergent])
        }
        try worker.leave()
        let copy = bench.folder.path("copy")
        for _ in 0..<2 {
            var writer = try BackupWriter(path: copy, client: bench.client())
            try writer.follow(isOnce: true) { _ in }
        }
        return (bench, copy, results.map(\.jobKey))
    }

    /// What a table of a state folder holds, in order.
    ///
    /// The folder's lock is left alone: a process that is started at this moment may still hold it.
    private func rows(_ table: String, of state: String) throws -> [Row] {
        let queue = try DatabaseQueue(path: state + "/records.sqlite")
        defer { try? queue.close() }
        return try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM \(table) ORDER BY 1") }
    }

    @Test func `records, runs and differing results come back as they were`() throws {
        let (bench, copy, keys) = try backedUp()
        bench.stop()
        let restored = try TemporaryFolder()
        let counts = try CoordinatorServer.restore(state: restored.path("state"), from: copy)
        #expect(counts == (4, 1))
        for (table, count) in [("record", 4), ("divergence", 2), ("blob", 0)] {
            let found = try rows(table, of: restored.path("state"))
            #expect(found.count == count)
            let before = try rows(table, of: bench.folder.path("state"))
            #expect(found.map(\.debugDescription) == before.map(\.debugDescription))
        }
        let index = try #require(try RecordIndex(stateFolder: restored.path("state")))
        #expect(try index.recorded(keys) == [true, true, true, true])
    }

    @Test(arguments: ["records.jsonl", "divergences.jsonl", "grids/1.json"])
    func `a backup whose last line is damaged leaves the store empty`(file: String) throws {
        let (bench, copy, _) = try backedUp()
        bench.stop()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(copy)/\(file)"))
        // Its length stays; a line ends too early, a document not at all.
        if file.hasSuffix(".jsonl") {
            bytes[bytes.count - 10] = UInt8(ascii: "}")
        } else {
            bytes[bytes.count - 1] = UInt8(ascii: " ")
        }
        try bytes.write(to: URL(fileURLWithPath: "\(copy)/\(file)"))
        let restored = try TemporaryFolder()
        let error = #expect(throws: RouteGridError.self) {
            try CoordinatorServer.restore(state: restored.path("state"), from: copy)
        }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains(file) == true, "\(error?.message ?? "")")
        for table in ["record", "run", "divergence", "blob"] {
            #expect(try rows(table, of: restored.path("state")).isEmpty)
        }
        // A start without `--restore` would begin with no records: it is refused.
        let refusal = #expect(throws: RouteGridError.self) {
            try ServerBench { $0.stateFolder = restored.path("state") }
        }
        #expect(refusal?.code == .usage)
        #expect(refusal?.message.contains("--restore \(copy)") == true, "\(refusal?.message ?? "")")
    }

    @Test func `a log is read in parts, and a line may be longer than one`() throws {
        let bench = try ServerBench()
        _ = try bench.submit(groups: 1, cells: 4)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        for (cell, padding) in zip(lease.cells, [10, 1_500_000, 1_048_000, 3_000_000]) {
            try worker.send([MadeUpResult(cell, padding: padding)], of: lease)
        }
        _ = try worker.verdicts(4)
        let copy = bench.folder.path("copy")
        var writer = try BackupWriter(path: copy, client: bench.client())
        try writer.follow(isOnce: true) { _ in }
        bench.stop()
        let restored = try TemporaryFolder()
        #expect(try CoordinatorServer.restore(state: restored.path("state"), from: copy) == (4, 1))
        let (found, before) = (
            try rows("record", of: restored.path("state")), try rows("record", of: bench.folder.path("state"))
        )
        #expect(found == before)
    }

    @Test func `a copy has who was granted what`() throws {
        let bench = try ServerBench()
        _ = try bench.submit(groups: 2, cells: 3)
        _ = try bench.worker(credit: 2).nextLease()
        let copy = bench.folder.path("copy")
        var writer = try BackupWriter(path: copy, client: bench.client())
        try writer.follow(isOnce: true) { _ in }
        bench.stop()
        let restored = try TemporaryFolder()
        _ = try CoordinatorServer.restore(state: restored.path("state"), from: copy)
        let stores = try [restored, bench.folder].map {
            try RecordStore(reading: StateFolder(reading: $0.path("state")))
        }
        let found = try stores.map { try $0.grants() }
        #expect(found[0] == found[1] && !found[0].isEmpty, "\(found)")
    }

    enum Cut: CaseIterable { case factMissing, factTooMany, noEnd, shorter }

    @Test(arguments: Cut.allCases)
    func `logs that do not fit together are refused`(cut: Cut) throws {
        let (bench, copy, _) = try backedUp()
        bench.stop()
        let path = "\(copy)/position.json"
        var position = try JSONValue(parsing: Data(contentsOf: URL(fileURLWithPath: path)), place: path).objectValue
        let (name, file) = cut == .noEnd ? ("record_bytes", "records.jsonl") : ("fact_bytes", "runs.jsonl")
        let size = try #require(position?[name]?.integerValue)
        let facts = URL(fileURLWithPath: "\(copy)/runs.jsonl")
        let text = try Data(contentsOf: facts)
        switch cut {
        case .factMissing:
            let last = try #require(text.dropLast().lastIndex(of: UInt8(ascii: "\n")))
            position?[name] = JSONValue(last + 1)
        case .factTooMany:
            try (text + Data("{}\n".utf8)).write(to: facts)
            position?[name] = JSONValue(size + 3)
        case .noEnd: position?[name] = JSONValue(size - 1)
        case .shorter: try text.dropLast().write(to: facts)
        }
        try Data(JSONValue.object(position ?? [:]).jsonBytes()).write(to: URL(fileURLWithPath: path))
        let restored = try TemporaryFolder()
        let error = #expect(throws: RouteGridError.self) {
            try CoordinatorServer.restore(state: restored.path("state"), from: copy)
        }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains(file) == true, "\(error?.message ?? "")")
    }

    @Test func `a grid that was running goes on elsewhere, with the cells that had no record`() throws {
        let first = try ServerBench()
        let run = try first.submit(groups: 1, cells: 4)
        let worker = try first.worker()
        let lease = try worker.nextLease()
        try worker.send(lease.cells.prefix(2).map { try MadeUpResult($0) }, of: lease)
        _ = try worker.verdicts(2)
        var writer = try BackupWriter(path: first.folder.path("copy"), client: first.client())
        try writer.follow(isOnce: true) { _ in }
        let restored = try TemporaryFolder()
        let state = restored.path("state")
        #expect(try CoordinatorServer.restore(state: state, from: first.folder.path("copy")) == (2, 1))
        // Both are there: nothing of the one is the other's.
        let second = try ServerBench { $0.stateFolder = state }
        #expect(try first.client().welcome.coordinator != second.client().welcome.coordinator)
        let other = try second.worker()
        let left = try other.nextLease()
        #expect(left.cells.map(\.jobKey) == lease.cells.dropFirst(2).map(\.jobKey))
        try other.send(left.cells.map { try MadeUpResult($0) }, of: left)
        _ = try other.verdicts(2)
        #expect(try second.client().query(.run, "\(run)")["state"] == "finished")
        #expect(try first.client().query(.run, "\(run)")["done"] == 2)
    }

    @Test func `a copy of an older version, which has no differing results, can be restored`() throws {
        let (bench, copy, _) = try backedUp()
        bench.stop()
        let path = "\(copy)/position.json"
        var position = try JSONValue(parsing: Data(contentsOf: URL(fileURLWithPath: path)), place: path).objectValue
        position?["divergence"] = nil
        position?["divergence_bytes"] = nil
        try Data(JSONValue.object(position ?? [:]).jsonBytes()).write(to: URL(fileURLWithPath: path))
        try FileManager.default.removeItem(atPath: "\(copy)/divergences.jsonl")
        let restored = try TemporaryFolder()
        #expect(try CoordinatorServer.restore(state: restored.path("state"), from: copy) == (4, 1))
    }

    @Test func `cancelled and paused runs, priorities and the grid's blobs come back`() throws {
        let bench = try ServerBench()
        let blob = Array("the data".utf8)
        for number in 1...2 as ClosedRange<UInt64> {
            #expect(try bench.submit(groups: 1, cells: 2, priority: 3, blobs: [blob]) == RunID(number))
        }
        try bench.client().control(.cancel, "1", reason: "wrong prices")
        try bench.client().control(.pause, "2")
        try bench.client().control(.priority, "2", value: "9")
        let copy = bench.folder.path("copy")
        var writer = try BackupWriter(path: copy, client: bench.client())
        try writer.follow(isOnce: true) { _ in }
        bench.stop()
        let restored = try TemporaryFolder()
        #expect(try CoordinatorServer.restore(state: restored.path("state"), from: copy) == (0, 2))
        let before = try rows("run", of: bench.folder.path("state")).map(\.debugDescription)
        #expect(try rows("run", of: restored.path("state")).map(\.debugDescription) == before)
        #expect(before[0].contains("cancelled") && before[1].contains("paused") && before[1].contains("priority:9"))
        // A blob that was changed in the copy is noticed.
        let path = BackupFolder(path: copy).blob(Digest(hashing: blob))
        try Data("the bate".utf8).write(to: URL(fileURLWithPath: path))
        let refused = try TemporaryFolder()
        let error = #expect(throws: RouteGridError.self) {
            try CoordinatorServer.restore(state: refused.path("state"), from: copy)
        }
        #expect(error?.code == .badInput && error?.message.contains(path) == true)
        #expect(try rows("run", of: refused.path("state")).isEmpty)
    }

    @Test func `a backup goes on behind what a crash left, and never with another coordinator's records`() throws {
        let (bench, copy, keys) = try backedUp()
        for name in ["records.jsonl", "runs.jsonl", "divergences.jsonl"] {
            let file = try #require(FileHandle(forWritingAtPath: "\(copy)/\(name)"))
            try file.seekToEnd()
            try file.write(contentsOf: Data("{\"half a li".utf8))
            try file.close()
        }
        _ = try bench.submit(groups: 2, cells: 4)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        try worker.send(try lease.cells.map { try MadeUpResult($0) }, of: lease)
        let verdicts = try worker.verdicts(lease.cells.count)
        var writer = try BackupWriter(path: copy, client: bench.client())
        try writer.follow(isOnce: true) { _ in }
        let other = try ServerBench()
        let error = #expect(throws: RouteGridError.self) { try BackupWriter(path: copy, client: other.client()) }
        #expect(error?.code == .badInput)
        bench.stop()
        let restored = try TemporaryFolder()
        let new = verdicts.values.count { $0 == .new }
        #expect(try CoordinatorServer.restore(state: restored.path("state"), from: copy) == (keys.count + new, 2))
    }
}
