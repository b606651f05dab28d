import Foundation
import Keys
package import RouteGridBase
import Wire
import ZeroMQ

/// Damaged messages into a real coordinator while a real run goes on beside them.
///
/// Three quarters go to a coordinator in plain text, where they may be anybody's; the others come with a worker's key.
/// The coordinator must live, keep its memory bounded, and end the run with the bytes that a run without noise has.
package struct FuzzTrial {
    let routegrid: String
    let dataset: String
    let folder: String
    let messages: Int
    let seed: UInt64
    package var say: (String) -> Void = { _ in }
    private static let peers = 24
    private static let memoryLimit = 1 << 30

    package init(routegrid: String, dataset: String, folder: String, messages: Int, seed: UInt64) {
        (self.routegrid, self.dataset, self.folder, self.messages, self.seed) =
            (routegrid, dataset, folder, messages, seed)
    }

    /// What one of the two coordinators came to.
    package struct Part {
        package let name: String
        package var sent = 0
        package var seconds = 0.0
        package var memory = 0
        package var faults: [String] = []
        package var counters = JSONValue.null

        package var line: String {
            let rate = Int(Double(sent) / max(seconds, 0.001))
            return "\(name): \(sent) messages in \(Int(seconds)) s (\(rate)/s), at most \(memory >> 20) MiB; \(counters.jsonText)"
                + (faults.isEmpty ? "; kept" : "; BROKEN: \(faults.joined(separator: "; "))")
        }
    }

    private var grid: String {
        """
        name: beside
        datasets:
          d: {path: "\(dataset)"}
        splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: 1}]
        routers: [{kind: random, trials: 1}]
        seeds: ["range(0,\(max(20, messages / 2_500)))"]
        budgets: {rule: threshold, at: ["logspace(-1,3,50)"]}
        """
    }

    package func run() throws -> [Part] {
        try Data(grid.utf8).write(to: URL(fileURLWithPath: folder + "/grid.yaml"))
        let words = ["--workers", "1", "--state", folder + "/calm-state", "--out", folder + "/calm"]
        let calm = try tool(["run", folder + "/grid.yaml"] + words, "calm")
        guard calm.wait(.seconds(900)) == 0 else { throw RouteGridError(.system, calm.lastLine) }
        let expected = try Data(contentsOf: URL(fileURLWithPath: folder + "/calm/records.jsonl"))
        return [
            try part("plain", hasKeys: false, count: messages - messages / 4, expected),
            try part("keys", hasKeys: true, count: messages / 4, expected),
        ]
    }

    private func tool(_ words: [String], _ name: String) throws -> TrialProcess {
        try TrialProcess([routegrid] + words, name: name, logs: folder)
    }

    private func finish(_ words: [String], _ name: String) throws {
        let process = try tool(words, name)
        guard process.wait(.seconds(600)) == 0 else { throw RouteGridError(.system, "\(name): \(process.lastLine)") }
    }

    private func part(_ name: String, hasKeys: Bool, count: Int, _ expected: Data) throws -> Part {
        var part = Part(name: name)
        let state = "\(folder)/\(name)-state"
        let url = "tcp://127.0.0.1:\(try LoopbackSocket.steadyPort())"
        let plain = hasKeys ? [] : ["--insecure-plaintext"]
        if hasKeys {
            try finish(["keys", "init", "--state", state], "init")
            let key = ["keys", "add", "fuzz", "--role", "worker", "--out", "\(folder)/fuzz.key", "--state", state]
            try finish(key, "key")
        }
        let coordinator = try tool(["coordinator", "--bind", url, "--state", state, "--quiet"] + plain, "coordinator-\(name)")
        let client = try ClusterClient.connect(url, key: hasKeys ? .local(.admin) : .plaintext, within: .seconds(60))
        defer { client.close() }
        client.requestLimit = .seconds(60)
        let worker = try tool(["worker", "--connect", url, "--slots", "1", "--quiet"] + plain, "worker-\(name)")
        try finish(["submit", folder + "/grid.yaml", "--connect", url] + plain, "submit-\(name)")
        // The decoy: the same grid in a class that only hostile workers have, so that nothing they do is run 1's.
        let text = try client.query(.lock, "1")["lock"]?.stringValue ?? ""
        guard case .object(var members) = try JSONValue(parsing: text, place: "lock") else {
            throw RouteGridError(.system, "the lock is no object")
        }
        members["numerics"] = .string(HostileMessages.numerics)
        let decoy = JSONValue.object(members).canonicalBytes()
        _ = try client.submit(lock: decoy) { _ in [] }

        let security = hasKeys ? try KeyFile(path: "\(folder)/fuzz.key").security() : .plaintext
        var source = HostileMessages(seed: "fuzz \(seed) \(name)", lock: decoy)
        let peers = try (0..<Self.peers).map { _ in try HostilePeer(url, security: security, &source) }
        let begun = ContinuousClock.now
        var told = 0
        while part.sent < count, coordinator.poll() == nil {
            for peer in peers { part.sent += try peer.send(1 + source.below(40), &source) }
            part.memory = max(part.memory, coordinator.memory)
            if part.sent - told >= 100_000 {
                told = part.sent
                say("\(name): \(part.sent) messages, \(coordinator.memory >> 20) MiB")
            }
        }
        for peer in peers { peer.close() }
        part.seconds = (.now - begun) / .seconds(1)
        if let status = coordinator.poll() {
            part.faults.append("the coordinator ended with \(status): \(coordinator.lastLine)")
            return part
        }
        let out = "\(folder)/\(name)-out"
        let waiting = try tool(["wait", "1", "--connect", url, "--out", out, "--timeout", "600"] + plain, "wait-\(name)")
        if waiting.wait(.seconds(660)) != 0 { part.faults.append("the run did not end: \(waiting.lastLine)") }
        part.memory = max(part.memory, coordinator.memory)
        if part.memory > Self.memoryLimit { part.faults.append("memory above \(Self.memoryLimit >> 20) MiB") }
        if (try? Data(contentsOf: URL(fileURLWithPath: out + "/records.jsonl"))) != expected {
            part.faults.append("the run's records are not those of a quiet run")
        }
        part.counters = (try? client.query(.status)["counters"]) ?? .null
        worker.send(SIGTERM)
        _ = worker.wait(.seconds(30))
        coordinator.send(SIGTERM)
        let ending = coordinator.wait(.seconds(120))
        if ending != 143 { part.faults.append("the coordinator ended with \(ending): \(coordinator.lastLine)") }
        return part
    }
}
