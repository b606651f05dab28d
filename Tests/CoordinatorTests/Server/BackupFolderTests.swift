import Coordinator
import Foundation
import GRDB
import RouteGridBase
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2))) struct BackupFolderTests {
    @Test func `a second backup into the folder is refused as long as the first one runs`() throws {
        let bench = try ServerBench()
        let copy = bench.folder.path("copy")
        var first: BackupWriter? = try BackupWriter(path: copy, client: bench.client())
        try first?.follow(isOnce: true) { _ in }
        let error = #expect(throws: RouteGridError.self) { try BackupWriter(path: copy, client: bench.client()) }
        #expect(error?.code == .temporary)
        first = nil
        #expect(throws: Never.self) { try BackupWriter(path: copy, client: bench.client()) }
    }

    @Test func `the copy of another coordinator stays as it is`() throws {
        let (bench, other) = (try ServerBench(), try ServerBench())
        let copy = bench.folder.path("copy")
        var first: BackupWriter? = try BackupWriter(path: copy, client: bench.client())
        try first?.follow(isOnce: true) { _ in }
        first = nil
        let error = #expect(throws: RouteGridError.self) { try BackupWriter(path: copy, client: other.client()) }
        #expect(error?.code == .badInput)
        #expect(throws: Never.self) { try BackupWriter(path: copy, client: bench.client()) }
    }

    @Test(arguments: ["records.jsonl", "runs.jsonl", "divergences.jsonl"])
    func `a folder with files of something else is refused, and they stay as they are`(name: String) throws {
        let bench = try ServerBench()
        let board = try TemporaryFolder()
        try board.write("{\"a\":1}\n", to: name)
        let error = #expect(throws: RouteGridError.self) { try BackupWriter(path: board.path, client: bench.client()) }
        #expect(error?.code == .badInput && error?.message.contains(name) == true)
        #expect(try String(contentsOfFile: board.path(name), encoding: .utf8) == "{\"a\":1}\n")
        #expect(try board.names() == [name])
    }

    /// An older version took results without computing their digests and without looking for their blobs.
    enum Fault: CaseIterable { case otherBytes, noBlob }

    @Test(arguments: Fault.allCases)
    func `a record that cannot be restored is left out, and all others are copied`(fault: Fault) throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 1, cells: 3)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        let content = Array("choices".utf8)
        var results = try lease.cells.map { try MadeUpResult($0) }
        results[1] = try MadeUpResult(lease.cells[1], choices: Digest(hashing: content))
        results[1].inline = [content]
        try worker.send(results, of: lease)
        _ = try worker.verdicts(3)
        bench.stop()
        let old = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: bench.folder.path("state"), toPath: old.path("state"))
        let queue = try DatabaseQueue(path: old.path("state/records.sqlite"))
        try queue.write { database in
            let key = Data(results[1].jobKey.bytes)
            switch fault {
            case .noBlob: try database.execute(sql: "DELETE FROM blob")
            case .otherBytes:
                let body = String(decoding: results[1].record, as: UTF8.self).replacing("\"n\":1", with: "\"n\":2")
                try database.execute(
                    sql: "UPDATE record SET body = ? WHERE job_key = ?",
                    arguments: [Data(body.utf8), key]
                )
            }
        }
        try queue.close()
        let first = try ServerBench { $0.stateFolder = old.path("state") }
        let copy = old.path("copy")
        var writer = try BackupWriter(path: copy, client: first.client())
        var faults: [String] = []
        try writer.follow(isOnce: true) {
            faults.append($0)
        } progress: { _ in
        }
        #expect(writer.faultCount == 1 && faults.count == 1)
        #expect(faults.first?.hasPrefix("record 2 of the coordinator: ") == true, "\(faults)")
        // The position of the copy counts the one that is not in it.
        #expect(try BackupFolder(path: copy).position()?.leftOut == 1)
        // Its cell is computed again where the copy is restored.
        let restored = try TemporaryFolder()
        let state = restored.path("state")
        #expect(try CoordinatorServer.restore(state: state, from: copy) == (2, 1))
        let second = try ServerBench { $0.stateFolder = state }
        let again = try second.worker()
        let left = try again.nextLease()
        #expect(left.cells.map(\.cellID) == [results[1].cell])
        try again.send([results[1]], of: left)
        #expect(try again.verdicts(1) == [results[1].jobKey: .new])
        #expect(try second.client().query(.run, "\(run)")["state"] == "finished")
    }
}
