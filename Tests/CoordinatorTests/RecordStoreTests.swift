import Coordinator
import Foundation
import GRDB
import RouteGridBase
import Scheduling
import Testing

struct RecordStoreTests {
    @Test func `another result of a program that says to give others is counted as equal`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        func row(_ text: String, deterministic: Bool) -> ResultRow {
            var row = StoreBench.row(run, cell: 0, key: "\(deterministic)", text: text)
            let router = "{\"command\":\"c\",\"deterministic\":\(deterministic),\"kind\":\"exec\"}"
            row.body = Array("{\"job\":{\"router\":\(router)},\"text\":\"\(text)\"}".utf8)[...]
            return row
        }
        let rows = [false, true].flatMap { [row("one", deterministic: $0), row("two", deterministic: $0)] }
        #expect(try bench.store.commit(rows.map { .result($0) }).verdicts == [.new, .equal, .new, .divergent])
        #expect(try bench.store.counts().divergences == 1)
    }

    @Test func `the first record of a key is new, the same again is equal, another is divergent`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let verdicts = try bench.store.commit([
            .result(StoreBench.row(run, cell: 0)),
            .result(StoreBench.row(run, cell: 0)),
            .result(StoreBench.row(run, cell: 0, text: "wrong")),
        ]).verdicts
        #expect(verdicts == [.new, .equal, .divergent])
        #expect(try bench.store.commit([.result(StoreBench.row(run, cell: 0, text: "wrong"))]).verdicts == [.divergent])
        let counts = try bench.store.counts()
        #expect((counts.records, counts.divergences) == (1, 1))
        // Counted for the run that brought it, and known after a restart.
        #expect(try bench.store.divergenceCounts() == [run: 1])
        try bench.reopen()
        #expect(try bench.store.divergenceCounts() == [run: 1])
        let found = try #require(try bench.store.divergences().first)
        #expect(found.key == StoreBench.key("cell 0"))
        #expect(found.first == StoreBench.blob("right"))
        #expect(found.second == StoreBench.blob("wrong"))
        #expect(try bench.store.records(after: 0, limit: 10).map(\.body) == [Array("{\"text\":\"right\"}".utf8)])
    }

    @Test func `records end with the first that fills the bytes`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        try bench.store.commit((0..<5).map { .result(StoreBench.row(run, cell: $0)) })
        let size = try bench.store.records(after: 0, limit: 1).reduce(0) { $0 + $1.body.count + $1.runInfo.count }
        for (limit, count) in [(1, 1), (size, 1), (size + 1, 2), (4 * size, 4), (.max, 5)] {
            #expect(try bench.store.records(after: 0, limit: 10, byteLimit: limit).count == count)
        }
    }

    @Test func `a verdict does not depend on whether the blobs were known`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let verdicts = try bench.store.commit([
            .result(StoreBench.row(run, cell: 0, blobs: ["choices"])),
            .result(StoreBench.row(run, cell: 1, blobs: ["choices"])),
            .result(StoreBench.row(run, cell: 1, blobs: ["more choices"])),
        ]).verdicts
        #expect(verdicts == [.new, .new, .equal])
        #expect(try bench.store.commit([.result(StoreBench.row(run, cell: 2, blobs: ["choices"]))]).verdicts == [.new])
    }

    @Test func `two cells of one key share its record and are both done`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let verdicts = try bench.store.commit([
            .result(StoreBench.row(run, cell: 0, key: "shared")),
            .result(StoreBench.row(run, cell: 70_000, key: "shared")),
        ]).verdicts
        #expect(verdicts == [.new, .equal])
        let done = try bench.store.doneCells(of: run)
        #expect(done.count == 2)
        #expect(done.contains(70_000))
        #expect(try bench.store.counts().records == 1)
    }

    @Test(arguments: ["record", "done", "blob"])
    func `record, done bit and blob stand together or not at all`(table: String) throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        try bench.store.commit([.result(StoreBench.row(run, cell: 1))])
        try bench.breakTable(table)
        #expect(throws: RouteGridError.self) {
            try bench.store.commit([.result(StoreBench.row(run, cell: 2, blobs: ["choices"]))])
        }
        try bench.mendTable(table)
        #expect(try bench.store.recorded([StoreBench.key("cell 1"), StoreBench.key("cell 2")]) == [true, false])
        #expect(try !bench.store.hasBlob(StoreBench.blob("choices")))
        #expect(try bench.store.doneCells(of: run).count == 1)
        // After the fault the same commit goes through.
        #expect(try bench.store.commit([.result(StoreBench.row(run, cell: 2, blobs: ["choices"]))]).verdicts == [.new])
        #expect(try bench.store.hasBlob(StoreBench.blob("choices")))
        #expect(try bench.store.blob(StoreBench.blob("choices"), from: 3, count: 2)?.bytes == Array("ic".utf8))
    }

    @Test func `a restart gives the same runs, done cells and exceptions`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let other = try bench.addRun()
        let exception = CellException(state: .quarantined, attempts: 1, crashes: 5, kind: .crash, text: "signal 9")
        let gone = CellException(state: .retrying, attempts: 1, crashes: 0, kind: .timeout, text: "slow")
        try bench.store.commit([
            .result(StoreBench.row(run, cell: 5)),
            .reused(run, cells: [7, 65_535, 65_536]),
            .exception(run, cell: 8, exception, log: Array("Traceback".utf8)),
            .exception(run, cell: 9, gone, log: nil),
            .runState(other, .cancelled, reason: "wrong data"),
            .runPriority(run, 9),
        ])
        try bench.store.commit([.exception(run, cell: 9, nil, log: nil), .exception(run, cell: 8, exception, log: nil)])
        try bench.reopen()
        let done = try bench.store.doneCells(of: run)
        #expect([5, 7, 65_535, 65_536].allSatisfy(done.contains))
        #expect(done.count == 4)
        #expect(try bench.store.exceptions(of: run) == [8: exception])
        #expect(try bench.store.log(ofCell: 8, in: run) == Array("Traceback".utf8))
        let runs = try bench.store.runs()
        #expect(runs.map(\.id) == [run, other])
        #expect(runs.map(\.state) == [.active, .cancelled])
        #expect(runs.map(\.priority) == [9, 3])
        #expect(runs.map(\.reason) == ["", "wrong data"])
        #expect(runs[0].lock == Array("{}".utf8))
    }

    @Test func `of an exception the last that was written is there after a restart`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let early = CellException(state: .retrying, attempts: 1, crashes: 0, kind: .timeout, text: "slow")
        let late = CellException(state: .quarantined, attempts: 2, crashes: 5, kind: .crash, text: "signal 9")
        try bench.store.commit([.exception(run, cell: 8, early, log: nil)])
        try bench.store.commit([.exception(run, cell: 8, late, log: nil)])
        try bench.reopen()
        #expect(try bench.store.exceptions(of: run) == [8: late])
    }

    @Test func `a blob whose file cannot be written is not there`() throws {
        let bench = try StoreBench()
        let bytes = Array("a blob".utf8)
        let digest = Digest(hashing: bytes)
        // Where its folder should be lies a file.
        #expect(FileManager.default.createFile(atPath: "\(bench.folder)/blobs/\(digest.hex.prefix(2))", contents: nil))
        #expect(throws: RouteGridError.self) { try bench.store.putBlob(digest, bytes: bytes) }
        #expect(try !bench.store.hasBlob(digest))
    }

    @Test func `records come in the order of their commits, after a place in it`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        for cell in CellID(0)..<5 { try bench.store.commit([.result(StoreBench.row(run, cell: cell))]) }
        let first = try bench.store.records(after: 0, limit: 2)
        #expect(first.map(\.jobKey) == [StoreBench.key("cell 0"), StoreBench.key("cell 1")])
        let rest = try bench.store.records(after: first[1].sequence, limit: 10)
        #expect(rest.map(\.jobKey) == (2..<5).map { StoreBench.key("cell \($0)") })
        #expect(try bench.store.records(after: rest[2].sequence, limit: 10).isEmpty)
        let keys = ["cell 3", "nothing", "cell 1"].map(StoreBench.key)
        #expect(try bench.store.records(of: keys).records.map(\.jobKey) == [keys[0], keys[2]])
        // An equal result again makes no new place.
        try bench.store.commit([.result(StoreBench.row(run, cell: 0))])
        #expect(try bench.store.records(after: rest[2].sequence, limit: 10).isEmpty)
    }

    @Test func `a record stands only with the blob that it names`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let missing = CommitVerdict.blobMissing(StoreBench.blob("a"))
        let row = StoreBench.row(run, cell: 0, choices: "a")
        #expect(
            try bench.store.commit([.result(row), .result(StoreBench.row(run, cell: 1))]).verdicts == [missing, .new]
        )
        #expect(try bench.store.counts().records == 1)
        #expect(try bench.store.doneCells(of: run).contains(0) == false)
        // It comes with it, behind it in one commit, or after it.
        let verdicts = try bench.store.commit([
            .result(row), .result(StoreBench.row(run, cell: 2, blobs: ["a"], choices: "a")), .result(row),
        ]).verdicts
        #expect(verdicts == [missing, .new, .new])
        #expect(try bench.store.commit([.result(StoreBench.row(run, cell: 3, choices: "a"))]).verdicts == [.new])
        try bench.store.putBlob(StoreBench.blob("b"), bytes: Array("b".utf8))
        #expect(try bench.store.commit([.result(StoreBench.row(run, cell: 4, choices: "b"))]).verdicts == [.new])
        // Another result of a recorded key is no exception.
        let other = StoreBench.row(run, cell: 4, text: "other", choices: "c")
        #expect(try bench.store.commit([.result(other)]).verdicts == [.blobMissing(StoreBench.blob("c"))])
        #expect(try bench.store.counts().divergences == 0)
    }

    @Test func `what a killed process left of a blob goes at the next start`() throws {
        let bench = try StoreBench()
        let bytes = [UInt8](repeating: 1, count: 300_000)
        let digest = Digest(hashing: bytes)
        try bench.store.putBlob(digest, bytes: bytes)
        let path = "\(bench.folder)/blobs/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
        try Data(bytes.prefix(10)).write(to: URL(fileURLWithPath: path + ".77.part"))
        try bench.reopen()
        #expect(!FileManager.default.fileExists(atPath: path + ".77.part"))
        #expect(try bench.store.blob(digest, from: 0, count: 300_000)?.bytes == bytes)
    }

    @Test func `large blobs are files that are whole`() throws {
        let bench = try StoreBench()
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let digest = Digest(hashing: bytes)
        #expect(try bench.store.blob(digest, from: 0, count: 1) == nil)
        for _ in 0..<2 { try bench.store.putBlob(digest, bytes: bytes) }
        try bench.reopen()
        let part = try #require(try bench.store.blob(digest, from: 299_990, count: 100))
        #expect(part.total == 300_000)
        #expect(part.bytes == Array(bytes.suffix(10)))
        #expect(try bench.store.blob(digest, from: 300_001, count: 1)?.bytes.isEmpty == true)
        let names = try FileManager.default.subpathsOfDirectory(atPath: bench.folder + "/blobs")
        #expect(!names.contains { $0.hasSuffix(".part") })
    }
}

extension StoreBench {
    /// Lets every write to a table fail, through a connection of its own.
    func breakTable(_ table: String) throws {
        try execute(
            """
            CREATE TRIGGER broken_insert BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'broken'); END;
            """
        )
    }

    func mendTable(_ table: String) throws { try execute("DROP TRIGGER broken_insert") }

    func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder + "/records.sqlite")
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}
