import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Who may connect to a coordinator, tried with real processes.
@Suite(.timeLimit(.minutes(3))) struct SecurityTests {
    /// A key of a ring in a file of the folder.
    private func key(_ name: String, _ role: String, of state: String = "state", _ folder: TemporaryFolder) async throws
    {
        let made = try await CommandLineTool.run(
            ["keys", "add", name, "--role", role, "--out", "\(name).key", "--state", state],
            in: folder.path
        )
        #expect(made.status == 0, "\(made)")
    }

    private func initialised(_ folder: TemporaryFolder, _ state: String = "state") async throws {
        let made = try await CommandLineTool.run(["keys", "init", "--state", state], in: folder.path)
        #expect(made.status == 0, "\(made)")
    }

    @Test func `an address that others can reach needs keys, or a long flag`() async throws {
        let folder = try TemporaryFolder()
        let command = ["coordinator", "--bind", "tcp://0.0.0.0:*", "--state", "state"]
        // A name that only looks like loopback is one of another machine.
        for address in ["tcp://0.0.0.0:*", "tcp://127.example:7557"] {
            let refused = try await CommandLineTool.run(
                ["coordinator", "--bind", address, "--state", "state"],
                in: folder.path
            )
            #expect(refused.status == 77 && refused.lines.count == 1, "\(refused)")
            #expect(refused.messages.contains("routegrid keys init --state state"), "\(refused)")
        }
        #expect(try folder.names() == [])
        try await initialised(folder)
        for more in [[], ["--insecure-plaintext"]] {
            let coordinator = try RunningCommand(command + more, in: folder.path)
            #expect(try await coordinator.firstLine().hasPrefix("tcp://0.0.0.0:"))
            coordinator.send(SIGTERM)
            #expect(await coordinator.ended() == 143, "\(coordinator.messages)")
        }
    }

    @Test func `a worker elsewhere needs an address and a key, and nothing else`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 2))
        try await initialised(folder)
        let coordinator = try await ClusterTests.Coordinator(in: folder, bind: "tcp://0.0.0.0:*")
        let url = coordinator.url.replacing("0.0.0.0", with: "127.0.0.1")
        try await key("w1", "worker", folder)
        try await key("me", "client", folder)
        // As on another machine: nothing of this user's own folders helps.
        let elsewhere = ["XDG_RUNTIME_DIR": folder.path("none"), "TMPDIR": folder.path("none")]
        let worker = try RunningCommand(
            ["worker", "--connect", url, "--slots", "1", "--key", "w1.key", "--cache", "cache"],
            in: folder.path,
            environment: elsewhere
        )
        let submitted = try await CommandLineTool.run(
            ["submit", "grid.yaml", "--connect", url, "--key", "me.key"],
            in: folder.path,
            environment: elsewhere
        )
        #expect(submitted.status == 0, "\(submitted)")
        let run = submitted.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let waited = try await CommandLineTool.run(
            ["wait", run, "--connect", url, "--key", "me.key", "--timeout", "90", "--out", "out"],
            in: folder.path,
            environment: elsewhere
        )
        #expect(waited.status == 0, "\(waited)\n\(worker.messages)")
        worker.send(SIGTERM)
        #expect(await worker.ended() == 143, "\(worker.messages)")
    }

    @Test func `each role does its own part, and is refused with 77 beyond it`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        try await initialised(folder)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        for role in ["worker", "reader", "client"] { try await key(role, role, folder) }
        let attempts: [(role: String, words: [String], status: Int32)] = [
            ("reader", ["status"], 0), ("client", ["status"], 0), ("worker", ["status"], 77),
            ("reader", ["submit", "grid.yaml"], 77), ("client", ["submit", "grid.yaml"], 0),
            ("reader", ["pause", "1"], 77), ("client", ["pause", "1"], 0), ("client", ["drain", "all"], 77),
        ]
        for (role, words, status) in attempts {
            let outcome = try await CommandLineTool.run(
                words + ["--connect", coordinator.url, "--key", "\(role).key"],
                in: folder.path
            )
            #expect(outcome.status == status, "\(role) \(words): \(outcome)")
        }
        for role in ["reader", "client"] {
            let worker = try RunningCommand(
                ["worker", "--connect", coordinator.url, "--slots", "1", "--key", "\(role).key"],
                in: folder.path
            )
            #expect(await worker.ended() == 77, "\(role): \(worker.messages)")
        }
    }

    @Test func `a key of another cluster, a plain client and a squatter get nothing`() async throws {
        let folder = try TemporaryFolder()
        try await initialised(folder)
        try await initialised(folder, "other")
        try await key("stranger", "admin", of: "other", folder)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let begin = ContinuousClock.now
        let status = ["status", "--connect", coordinator.url]
        // A key of another ring also names another server, so that the handshake itself fails.
        for (words, expected) in [(["--key", "stranger.key"], 69), (["--insecure-plaintext"], 69)]
            as [([String], Int32)]
        {
            let outcome = try await CommandLineTool.run(
                status + words + ["--connect-timeout", "1"],
                in: folder.path
            )
            #expect(outcome.status == expected && outcome.lines.count == 1, "\(words): \(outcome)")
        }
        #expect(ContinuousClock.now - begin < .seconds(30))
        // Somebody else listens where a coordinator was: it has not its key.
        #expect(await coordinator.stop() == 143)
        let squatter = try RunningCommand(
            ["coordinator", "--bind", coordinator.url, "--state", "third", "--insecure-plaintext"],
            in: folder.path
        )
        _ = try await squatter.firstLine()
        try await key("admin", "admin", folder)
        for words in [["--key", "admin.key"], []] {
            let outcome = try await CommandLineTool.run(
                status + words + ["--connect-timeout", "1"],
                in: folder.path
            )
            #expect(outcome.status == 69, "\(words): \(outcome)")
        }
        squatter.send(SIGTERM)
        _ = await squatter.ended()
    }

    @Test func `a revoked key ends its worker, whose leases others get, and opens no new connection`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 40))
        try await initialised(folder)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        try await key("stolen", "worker", folder)
        let words = ["worker", "--connect", coordinator.url, "--slots", "1", "--key", "stolen.key"]
        let stolen = try RunningCommand(words, in: folder.path)
        let run = try await coordinator.submit(folder)
        _ = try await eventually("the first records; \(stolen.messages)") {
            let outcome = try await CommandLineTool.run("status", "--connect", coordinator.url, "--output", "json")
            let status = try JSONValue(parsing: outcome.output, place: "status")
            return (status["runs"]?.arrayValue?.first?["done"]?.integerValue ?? 0) > 0 ? true : nil
        }
        let revoked = try await CommandLineTool.run(["keys", "revoke", "stolen", "--state", "state"], in: folder.path)
        #expect(revoked.status == 0, "\(revoked)")
        #expect(await stolen.ended() == 77, "\(stolen.messages)")
        let again = try RunningCommand(words, in: folder.path)
        #expect(await again.ended() == 77, "\(again.messages)")
        let honest = try coordinator.worker(folder)
        let waited = try await CommandLineTool.run(
            ["wait", run, "--connect", coordinator.url, "--timeout", "120"],
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited)\n\(honest.messages)\n\(coordinator.process.messages)")
    }

    @Test func `a key file that others can read is refused before anything is sent`() async throws {
        let folder = try TemporaryFolder()
        try await initialised(folder)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        try await key("me", "admin", folder)
        #expect(chmod(folder.path("me.key"), 0o644) == 0)
        let outcome = try await CommandLineTool.run(
            ["status", "--connect", coordinator.url, "--key", "me.key"],
            in: folder.path
        )
        #expect(outcome.status == 77 && outcome.messages.contains("other users can read it"), "\(outcome)")
        let other = try await CommandLineTool.run(["status", "--connect", "tcp://192.0.2.1:7557"], in: folder.path)
        #expect(other.status == 77 && other.messages.contains("keys invite"), "\(other)")
    }

    @Test func `two coordinators on one port of two addresses keep their own keys, and a wildcard has some too`()
        async throws
    {
        let folder = try TemporaryFolder()
        let first = try await ClusterTests.Coordinator(in: folder)
        let port = try #require(first.url.split(separator: ":").last)
        let second = try await ClusterTests.Coordinator(in: folder, state: "second", bind: "tcp://127.0.0.2:\(port)")
        for url in [first.url, second.url] {
            let status = try await CommandLineTool.run(["status", "--connect", url], in: folder.path)
            #expect(status.status == 0, "\(url): \(status)")
        }
        try await initialised(folder, "third")
        let third = try await ClusterTests.Coordinator(in: folder, state: "third", bind: "tcp://0.0.0.0:*")
        for words in [["--state", "third"], ["--connect", third.url.replacing("0.0.0.0", with: "127.0.0.1")]] {
            let status = try await CommandLineTool.run(["status"] + words, in: folder.path)
            #expect(status.status == 0, "\(words): \(status)")
        }
    }

    @Test func `a worker whose key is rotated in its place goes on`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        try await initialised(folder)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        try await key("w1", "worker", folder)
        let worker = try RunningCommand(
            ["worker", "--connect", coordinator.url, "--slots", "1", "--key", "w1.key"],
            in: folder.path
        )
        _ = try await eventually("the worker; \(worker.messages)") {
            let outcome = try await CommandLineTool.run("status", "--connect", coordinator.url, "--output", "json")
            let status = try JSONValue(parsing: outcome.output, place: "status")
            return status["workers"]?.arrayValue?.isEmpty == false ? true : nil
        }
        let rotate =
            "'\(CommandLineTool.path)' keys rotate w1 --keep-old --state state 2>/dev/null"
            + " | '\(CommandLineTool.path)' keys accept new.key && mv new.key w1.key"
        let rotated = try RunningCommand(["-c", rotate], program: "/bin/sh", in: folder.path)
        #expect(await rotated.ended() == 0, "\(rotated.messages)")
        let list = try await CommandLineTool.run(
            ["keys", "list", "--state", "state", "--output", "json"],
            in: folder.path
        )
        let keys = try JSONValue(parsing: list.output, place: "list")["keys"]?.arrayValue ?? []
        let old = try #require(
            keys.first { $0["name"] == "w1" && $0["replaces"] == .null }?["fingerprint"]?.stringValue
        )
        let revoked = try await CommandLineTool.run(["keys", "revoke", old, "--state", "state"], in: folder.path)
        #expect(revoked.status == 0, "\(revoked)")
        let run = try await coordinator.submit(folder)
        let waited = try await CommandLineTool.run(
            ["wait", run, "--connect", coordinator.url, "--timeout", "60"],
            in: folder.path
        )
        #expect(waited.status == 0 && !worker.hasEnded, "\(waited)\n\(worker.messages)")
    }
}
