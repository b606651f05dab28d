import Foundation
import TestSupport
import Testing

/// `doctor` for each role, and on the way to a coordinator.
@Suite(.timeLimit(.minutes(2))) struct DoctorTests {
    private func doctor(_ words: [String], in folder: TemporaryFolder) async throws -> [String: [String: String]] {
        let ran = try await CommandLineTool.run(["doctor", "--output", "json"] + words, in: folder.path)
        #expect([0, 4].contains(ran.status), "\(ran)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Any],
            "\(ran)"
        )
        let findings = try #require(document["findings"] as? [[String: Any]])
        #expect((ran.status == 4) == findings.contains { $0["verdict"] as? String == "fail" })
        return Dictionary(
            findings.map { finding in
                (finding["subject"] as? String ?? "", finding.compactMapValues { $0 as? String })
            }
        ) { _, last in last }
    }

    @Test func `each role is checked for what it needs`() async throws {
        let folder = try TemporaryFolder()
        let worker = try await doctor(["--role", "worker", "--cache", "cache"], in: folder)
        #expect(worker["openblas"] != nil && worker["cache"] != nil)
        #expect(worker["sqlite"] == nil && worker["state"] == nil)
        let coordinator = try await doctor(["--role", "coordinator"], in: folder)
        #expect(coordinator["sqlite"] != nil && coordinator["disk"] != nil && coordinator["openblas"] == nil)
        let client = try await doctor(["--role", "client"], in: folder)
        #expect(client["openblas"] == nil && client["disk"] == nil && client["libzmq"] != nil)
        #expect(try folder.names() == [])
    }

    @Test func `a coordinator is reached, and knows the key or not`() async throws {
        let folder = try TemporaryFolder()
        func routegrid(_ words: String...) async throws {
            let ran = try await CommandLineTool.run(words, in: folder.path)
            #expect(ran.status == 0, "\(ran)")
        }
        for state in ["state", "other"] { try await routegrid("keys", "init", "--state", state) }
        for (name, state) in [("w", "state"), ("stranger", "other")] {
            try await routegrid("keys", "add", name, "--role", "worker", "--out", "\(name).key", "--state", state)
        }
        try await routegrid("keys", "add", "gone", "--role", "worker", "--out", "gone.key", "--state", "state")
        try await routegrid("keys", "add", "me", "--role", "client", "--out", "me.key", "--state", "state")
        try await routegrid("keys", "revoke", "gone", "--state", "state")
        let coordinator = try RunningCommand(
            ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "state"],
            in: folder.path
        )
        let url = try await coordinator.firstLine()
        func reach(_ role: String, _ key: String, _ url: String) async throws -> [String: [String: String]] {
            try await doctor(["--role", role, "--connect", url, "--key", key], in: folder)
        }
        let worker = try await reach("worker", "w.key", url)
        #expect(worker["key"]?["verdict"] == "ok" && worker["coordinator"]?["verdict"] == "ok", "\(worker)")
        let client = try await reach("client", "me.key", url)
        #expect(client["protocol"]?["verdict"] == "ok", "\(client)")
        // One machine has one clock.
        #expect(client["clock"]?["verdict"] == "ok" && client["clock"]?["value"]?.contains("0.") == true, "\(client)")
        #expect(worker["clock"] == nil)
        let wrong = try await reach("client", "w.key", url)
        #expect(wrong["key"]?["advice"]?.contains("keys invite --role client") == true, "\(wrong)")
        let revoked = try await reach("worker", "gone.key", url)
        #expect(revoked["coordinator"]?["advice"]?.contains("it was revoked") == true, "\(revoked)")
        let stranger = try await reach("worker", "stranger.key", url)
        #expect(stranger["coordinator"]?["advice"]?.contains("not the coordinator of this key") == true, "\(stranger)")
        let nobody = try await reach("worker", "w.key", "tcp://127.0.0.1:1")
        #expect(nobody["coordinator"]?["advice"]?.hasPrefix("nothing answers") == true, "\(nobody)")
        coordinator.send(SIGTERM)
        #expect(await coordinator.ended() == 143)
    }
}
