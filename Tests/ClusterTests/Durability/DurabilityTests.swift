import ClusterTrials
import Coordinator
import Foundation
import RouteGridBase
import Scheduling
import TestSupport
import Testing

/// Commit first, acknowledge then: seen from below, in the system calls of a real coordinator.
@Suite(.timeLimit(.minutes(5))) struct DurabilityTests {
    /// A coordinator under strace that served a run, stopped in order.
    private func trace(_ folder: TemporaryFolder) async throws -> SystemCallTrace {
        // Acknowledgements are read off the system calls that send them.
        let plain = "--insecure-plaintext"
        let traced = SystemCallTrace.command(
            [
                CommandLineTool.path, "coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "state",
                "--die-with-parent", plain,
            ],
            to: folder.path("trace")
        )
        let strace = try RunningCommand(Array(traced.dropFirst()), program: traced[0], in: folder.path)
        let url = try await strace.firstLine()
        let worker = try RunningCommand(["worker", "--connect", url, "--slots", "1", plain], in: folder.path)
        let submitted = try await CommandLineTool.run("submit", "grid.yaml", "--connect", url, plain, in: folder.path)
        #expect(submitted.status == 0, "\(submitted)")
        let waited = try await CommandLineTool.run("wait", "1", "--connect", url, "--timeout", "120", plain)
        #expect(waited.status == 0, "\(waited) \(worker.messages)")
        let coordinator = try #require(Processes.children(of: strace.identifier).first)
        kill(coordinator.identifier, SIGTERM)
        #expect(await strace.ended() == 143, "\(strace.messages)")
        return try SystemCallTrace(file: folder.path("trace"))
    }

    /// Acknowledgements that were sent before an fdatasync that began after the record's write had returned.
    private func unsafeAcknowledgements(in calls: [SystemCallTrace.Call], _ said: TracedAcknowledgements) -> Int {
        let log = calls.filter { $0.target.hasSuffix("/records.sqlite-wal") }
        return said.keys.count { key, line in
            let bytes = Data(key.bytes)
            guard let write = log.first(where: { $0.name == "pwrite64" && Data($0.data).range(of: bytes) != nil })
            else {
                return true
            }
            return !log.contains {
                $0.name == "fdatasync" && $0.result == 0 && $0.begun > write.ended && $0.ended < line
            }
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "strace is not installed"))
    func `a record is on disk before it is acknowledged, and a power cut after any sync keeps what was acknowledged`()
        async throws
    {
        let folder = try await SmallData.grid(Grids.many(splits: 4))
        let trace = try await trace(folder)
        let said = TracedAcknowledgements(trace)
        #expect(Set(said.keys.map(\.key)).count == 48)
        #expect(unsafeAcknowledgements(in: trace.calls, said) == 0)
        // The check works: without syncs, no acknowledgement was safe.
        let unsynced = trace.calls.filter { $0.name != "fdatasync" }
        #expect(unsafeAcknowledgements(in: unsynced, said) == said.keys.count)

        var disk = TracedDisk()
        var boundaries = 0
        for call in trace.calls.sorted(by: { $0.ended < $1.ended }) where disk.apply(call) {
            let acknowledged = said.keys.filter { $0.line < call.ended }.map(\.key)
            guard !acknowledged.isEmpty else { continue }
            boundaries += 1
            for files in [disk.synced, disk.torn] { try check(files, hold: acknowledged, after: call) }
        }
        #expect(boundaries > 3)
        // And at the very last acknowledgement, what was synced by then.
        try check(disk.synced, hold: said.keys.map(\.key), after: try #require(trace.calls.last))
    }

    /// Opens a copy of the state folder as it was on disk.
    private func check(_ files: [String: [UInt8]], hold keys: [JobKey], after call: SystemCallTrace.Call) throws {
        let copy = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: copy.path("state"), withIntermediateDirectories: true)
        for (path, bytes) in files
        where ["records.sqlite", "records.sqlite-wal"].contains(path.split(separator: "/").last) {
            try copy.write(bytes, to: "state/\(path.split(separator: "/").last ?? "")")
        }
        let store = try RecordStore(folder: StateFolder(path: copy.path("state")))
        defer { store.close() }
        let place = "after \(call.name) of \(call.target) in line \(call.begun)"
        #expect(try store.integrityCheck() == "ok", "\(place)")
        #expect(try store.recorded(keys).allSatisfy { $0 }, "\(place): a record that was acknowledged is gone")
        #expect(try store.doneCells(of: RunID(1)).count >= Set(keys).count, "\(place)")
    }
}
