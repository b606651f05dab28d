import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Workers that come with one invite, each with a key of its own.
@Suite(.timeLimit(.minutes(4))) struct JoinProcessTests {
    private func routegrid(_ words: String..., in folder: TemporaryFolder) async throws -> CommandLineTool.Outcome {
        let outcome = try await CommandLineTool.run(words, in: folder.path)
        #expect(outcome.status == 0, "\(outcome)")
        return outcome
    }

    /// Makes the file of an invite, as people do by `keys invite | keys accept`.
    private func invite(_ name: String, _ terms: [String], in folder: TemporaryFolder) async throws {
        let words = ["keys", "invite", name, "--role", "worker", "--state", "state"] + terms
        let line = try await CommandLineTool.run(words, in: folder.path)
        #expect(line.status == 0, "\(line)")
        try folder.write(line.output, to: "\(name).line")
        let command = "exec '\(CommandLineTool.path)' keys accept '\(name).key' < '\(name).line'"
        let accept = try RunningCommand(["-c", command], program: "/bin/sh", in: folder.path)
        #expect(await accept.ended() == 0, "\(accept.messages)")
    }

    private func keys(in folder: TemporaryFolder) async throws -> [JSONValue] {
        let list = try await routegrid("keys", "list", "--state", "state", "--output", "json", in: folder)
        return try JSONValue(parsing: list.output, place: "keys")["keys"]?.arrayValue ?? []
    }

    @Test func `two workers of one invite have two keys, and a third is refused with the reason`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        _ = try await routegrid("keys", "init", "--state", "state", in: folder)
        try await invite("pool", ["--uses", "2", "--expires", "1h"], in: folder)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        func worker(_ name: String, key: String = "pool.key") throws -> RunningCommand {
            try RunningCommand(
                ["worker", "--connect", coordinator.url, "--slots", "1", "--key", key, "--name", name],
                in: folder.path
            )
        }
        let workers = [try worker("pod:1"), try worker("pod:2")]
        let joined = try await eventually("two keys; \(workers.map(\.messages))") {
            let found = try await keys(in: folder).filter { $0["invited_by"]?.stringValue != nil }
            return found.count == 2 ? found : nil
        }
        #expect(Set(joined.compactMap { $0["name"]?.stringValue }) == ["pod-1", "pod-2"])
        #expect(joined.allSatisfy { $0["role"] == "worker" })
        let run = try await coordinator.submit(folder)
        let done = try await CommandLineTool.run(
            ["wait", run, "--connect", coordinator.url, "--timeout", "90", "--out", "out"],
            in: folder.path
        )
        #expect(done.status == 0, "\(done)\n\(workers.map(\.messages))")
        // The records name the keys of the workers, not the invite.
        let delivered = try String(contentsOfFile: folder.path("out/runs.jsonl"), encoding: .utf8)
        let names = Set(joined.compactMap { $0["fingerprint"]?.stringValue })
        #expect(delivered.split(separator: "\n").allSatisfy { line in names.contains { line.contains($0) } })

        let third = try worker("pod:3")
        #expect(await third.ended() == 77)
        #expect(third.messages.contains("was used 2 times"), "\(third.messages)")
        // An invite may do nothing else.
        let asked = try await CommandLineTool.run(
            "status",
            "--connect",
            coordinator.url,
            "--key",
            "pool.key",
            in: folder.path
        )
        #expect(asked.status == 77 && asked.messages.contains("role joiner"), "\(asked)")
        // Each of them ends alone.
        _ = try await routegrid("keys", "revoke", "pod-1", "--state", "state", in: folder)
        #expect(await workers[0].ended() == 77)
        #expect(!workers[1].hasEnded)
        try await invite("short", ["--expires", "1s"], in: folder)
        try await Task.sleep(for: .seconds(2))
        let late = try worker("pod:4", key: "short.key")
        #expect(await late.ended() == 77)
        workers[1].send(SIGTERM)
        _ = await workers[1].ended()
        #expect(await coordinator.stop() == 143)
    }

    @Test func `terms go with a worker's invite only`() async throws {
        let folder = try TemporaryFolder()
        _ = try await routegrid("keys", "init", "--state", "state", in: folder)
        for words in [
            ["--role", "client", "--uses", "2"], ["--role", "worker", "--uses", "0"],
            ["--role", "worker", "--trusted", "--expires", "1h"], ["--role", "joiner"],
            ["--role", "client", "--trusted"],
        ] {
            let outcome = try await CommandLineTool.run(
                ["keys", "invite", "--state", "state"] + words,
                in: folder.path
            )
            #expect(outcome.status == 64, "\(words): \(outcome)")
        }
        #expect(try await keys(in: folder).isEmpty)
    }
}
