import Coordinator
import Foundation
import Grid
import Keys
import RouteGridBase
import TestSupport
import Testing
import Wire
import ZeroMQ

/// A worker that lies in records that agree with themselves, and the audit that finds it.
@Suite(.timeLimit(.minutes(5))) struct AuditProcessTests {
    /// The grid computed by honest hands: its output folder is `honest`.
    private struct Truth {
        let numerics: String
        let records: [JobKey: LyingWorker.Computed]

        init(in folder: TemporaryFolder) async throws {
            let words = ["run", "grid.yaml", "--workers", "1", "--state", "calm", "--out", "honest"]
            let outcome = try await CommandLineTool.run(words, in: folder.path)
            #expect(outcome.status == 0, "\(outcome)")
            let store = try RecordStore(reading: StateFolder(reading: folder.path("calm")))
            let lock = try GridLock(parsing: #require(try store.runs().last).lock)
            numerics = lock.numerics
            var records: [JobKey: LyingWorker.Computed] = [:]
            for record in try store.records(after: 0, limit: 10_000, byteLimit: 1 << 30) {
                let choices = try #require(CheckedRecord(record.body, place: "record").choices)
                let blob = try #require(try store.blob(choices, from: 0, count: .max))
                records[record.jobKey] = LyingWorker.Computed(record: record.body, choices: blob.bytes)
            }
            self.records = records
        }
    }

    private func status(_ coordinator: ClusterTests.Coordinator) async throws -> JSONValue {
        let outcome = try await CommandLineTool.run("status", "--connect", coordinator.url, "--output", "json")
        #expect(outcome.status == 0, "\(outcome)")
        return try JSONValue(parsing: outcome.output, place: "status")["audits"] ?? .null
    }

    private func worker(_ name: String, _ url: String, _ folder: TemporaryFolder) throws -> RunningCommand {
        try RunningCommand(["worker", "--connect", url, "--slots", "1", "--key", "\(name).key"], in: folder.path)
    }

    @Test func `a lie that agrees with itself is found, held, and decided by a worker that is trusted`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        let truth = try await Truth(in: folder)
        for words in [
            ["keys", "init"], ["keys", "add", "liar", "--role", "worker", "--out", "liar.key"],
            ["keys", "add", "honest", "--role", "worker", "--out", "honest.key"],
            ["keys", "add", "judge", "--role", "worker", "--trusted", "--out", "judge.key"],
        ] {
            let made = try await CommandLineTool.run(words + ["--state", "state"], in: folder.path)
            #expect(made.status == 0, "\(made)")
        }
        let coordinator = try await ClusterTests.Coordinator(in: folder, more: ["--audit", "100%"])
        let run = try await coordinator.submit(folder)
        let key = try KeyFile(path: folder.path("liar.key"))
        var liar = try LyingWorker(
            coordinator.url,
            numerics: truth.numerics,
            security: key.security(),
            knowing: truth.records
        ) { $0 < 3 }
        let verdicts = try liar.deliver(truth.records.count)
        #expect(verdicts.allSatisfy { $0 == .new })
        try #require(!liar.told.isEmpty)
        try liar.leave()
        let wait = ["wait", run, "--connect", coordinator.url, "--timeout", "90"]
        // Its records agree with themselves: nothing is known against them yet.
        let early = try await CommandLineTool.run(wait, in: folder.path)
        #expect(early.status == 0, "\(early)")
        #expect(try await status(coordinator)["waiting"] == JSONValue(truth.records.count))

        let honest = try worker("honest", coordinator.url, folder)
        let suspect = try await eventually("all cells twice; \(honest.messages)") {
            let audits = try await status(coordinator)
            return audits["waiting"] == 0 ? audits : nil
        }
        let lies = liar.told.count
        #expect(suspect["suspect"] == JSONValue(lies), "\(suspect)")
        #expect(suspect["agreed"] == JSONValue(truth.records.count - lies) && suspect["decided"] == 0)
        let doubtful = try await CommandLineTool.run(wait, in: folder.path)
        #expect(doubtful.status == 4, "\(doubtful)")
        let told = try #require(liar.told.min())
        let why = try await CommandLineTool.run("explain", "\(run)/\(told)", "--connect", coordinator.url)
        #expect(why.output.contains("gave different results"), "\(why)")
        // Nobody is put out by a word against a word.
        let keys = try await CommandLineTool.run("keys", "list", "--state", "state", in: folder.path)
        #expect(keys.output.contains("worker, trusted"), "\(keys)")

        let judge = try worker("judge", coordinator.url, folder)
        let decided = try await eventually("the judge's word; \(judge.messages)") {
            let audits = try await status(coordinator)
            return audits["suspect"] == 0 ? audits : nil
        }
        #expect(decided["decided"] == JSONValue(lies), "\(decided)")
        #expect(decided["refuted"] == .object([key.fingerprint: JSONValue(lies)]), "\(decided)")
        let done = try await CommandLineTool.run(wait + ["--out", "out"], in: folder.path)
        #expect(done.status == 0, "\(done)")
        #expect(
            try hashedFiles(of: folder.path("out"))["records.jsonl"]
                == hashedFiles(of: folder.path("honest"))["records.jsonl"]
        )
        // What was found stays known.
        #expect(await coordinator.stop() == 143)
        let rest = try await CommandLineTool.run("status", "--state", "state", in: folder.path)
        #expect(rest.output.contains("\(lies) decided") && rest.output.contains("gave a wrong result"), "\(rest)")
    }
}

extension KeyFile {
    fileprivate var fingerprint: String { secret.publicKey.fingerprint.hex }
}
