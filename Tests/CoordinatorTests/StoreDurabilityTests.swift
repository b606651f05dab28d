import Coordinator
import Foundation
import GRDB
import RouteGridBase
import Scheduling
import TestSupport
import Testing

struct StoreDurabilityTests {
    @Test func `the writer syncs every commit: WAL and synchronous FULL`() throws {
        let bench = try StoreBench()
        let settings = try bench.store.durability()
        #expect(settings.journal == "wal")
        #expect(settings.synchronous == 2)
        try bench.reopen()
        #expect(try bench.store.durability().synchronous == 2)
    }

    @Test func `the epoch grows at each opening and the identity stays`() throws {
        let bench = try StoreBench()
        let identity = bench.store.identity
        #expect(identity.count == 16)
        var epoch = bench.store.epoch
        for _ in 0..<3 {
            try bench.reopen()
            #expect(bench.store.epoch == epoch + 1)
            #expect(bench.store.identity == identity)
            epoch = bench.store.epoch
        }
    }

    @Test func `a second coordinator is kept out of the folder`() throws {
        let bench = try StoreBench()
        let error = #expect(throws: RouteGridError.self) { try StateFolder(path: bench.folder) }
        #expect(error?.code == .temporary)
        #expect(error?.message.contains("another coordinator uses this state folder") == true)
    }

    @Test(arguments: ["text", "header", "truncated", "page"])
    func `a damaged file is refused in plain words and left as it was`(damage: String) throws {
        let temporary = try TemporaryFolder()
        let path = temporary.path("state")
        do {
            let store = try RecordStore(folder: StateFolder(path: path))
            let run = try store.addRun(name: "demo", lock: [], priority: 0)
            for cell in CellID(0)..<200 { try store.commit([.result(StoreBench.row(run, cell: cell))]) }
            store.close()
        }
        let file = path + "/records.sqlite"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        switch damage {
        case "text": bytes = Data(String(repeating: "not a database ", count: 500).utf8)
        case "header": bytes.replaceSubrange(0..<16, with: Data(repeating: 0x41, count: 16))
        case "truncated": bytes = bytes.prefix(bytes.count / 2 + 100)
        default: bytes.replaceSubrange(16_384..<49_152, with: Data(repeating: 0xEE, count: 32_768))
        }
        try bytes.write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: RouteGridError.self) { try RecordStore(folder: StateFolder(path: path)) }
        #expect(error?.code == .system)
        #expect(error?.message.contains("damaged") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("--restore") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == bytes)
    }

    @Test(
        arguments: [
            (.SQLITE_FULL, .temporary), (.SQLITE_IOERR_WRITE, .temporary), (.SQLITE_IOERR_FSYNC, .system),
            (.SQLITE_IOERR_DIR_FSYNC, .system), (.SQLITE_CORRUPT, .system),
        ] as [(ResultCode, RouteGridError.Code)]
    )
    func `a full disk is waited for; a failed sync ends the coordinator, since a later one proves nothing`(
        code: ResultCode,
        expected: RouteGridError.Code
    ) throws {
        let bench = try StoreBench()
        let error = RecordStore.explain(DatabaseError(resultCode: code), folder: bench.store.folder)
        #expect(error.code == expected)
    }

    @Test func `a store of a newer version is refused`() throws {
        let bench = try StoreBench()
        try bench.execute("INSERT INTO grdb_migrations VALUES ('99 from the future')")
        let error = #expect(throws: RouteGridError.self) { try bench.reopen() }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains("newer routegrid") == true)
    }

    @Test func `copies taken after each commit reopen to every record that was committed`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        for batch in 0..<12 {
            let cells = Array(CellID(batch * 7)..<CellID((batch + 1) * 7))
            let verdicts = try bench.store.commit(
                cells.map { .result(StoreBench.row(run, cell: $0, blobs: ["b\($0)"])) }
            ).verdicts
            #expect(verdicts == Array(repeating: .new, count: 7))
            // What a power cut would leave: the files as they are now, not closed by SQLite.
            let copy = try TemporaryFolder()
            try FileManager.default.createDirectory(atPath: copy.path("state"), withIntermediateDirectories: true)
            for name in ["records.sqlite", "records.sqlite-wal"] {
                try FileManager.default.copyItem(atPath: "\(bench.folder)/\(name)", toPath: copy.path("state/\(name)"))
            }
            let store = try RecordStore(folder: StateFolder(path: copy.path("state")))
            #expect(try store.integrityCheck() == "ok")
            let last = (batch + 1) * 7
            let keys = (0..<last).map { StoreBench.key("cell \($0)") }
            #expect(try store.recorded(keys).allSatisfy { $0 })
            #expect(try store.counts().records == last)
            #expect(try store.doneCells(of: run).contains(all: 0..<CellID(last)))
            #expect(try store.doneCells(of: run).count == last)
            #expect(try store.hasBlob(StoreBench.blob("b\(last - 1)")))
            store.close()
        }
    }
}
