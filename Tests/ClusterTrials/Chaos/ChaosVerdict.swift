import Foundation
import RouteGridBase
import Wire

/// Compares what is on disk after a trial with what was acknowledged during it.
struct ChaosVerdict {
    private let options: ChaosOptions
    private let cluster: ChaosCluster
    private let workload: ChaosWorkload
    private let seen: RecordWitness

    init(_ options: ChaosOptions, _ cluster: ChaosCluster, _ workload: ChaosWorkload, seen: RecordWitness) {
        (self.options, self.cluster, self.workload, self.seen) = (options, cluster, workload, seen)
    }

    func report() throws -> ChaosReport {
        var final = seen
        try final.read(isAnew: true, limit: .seconds(60))
        for change in final.changes { cluster.violate(change) }
        let wire = cluster.witness.seen
        let expected = try expectedKeys()
        let recorded = final.entries.values.reduce(into: [JobKey: Int]()) { $0[$1.key, default: 0] += 1 }
        let promised = Set(seen.entries.values.map(\.key)).union(wire.acknowledged).union(expected)
        cluster.report.rounds = workload.rounds
        cluster.report.records = final.entries.count
        cluster.report.results = wire.results.values.reduce(0, +)
        cluster.report.acknowledged = wire.acknowledged.count
        cluster.report.lost = promised.count { recorded[$0] == nil }
        cluster.report.duplicated = recorded.values.count { $0 > 1 } + final.changes.count
        cluster.report.unexpected = recorded.keys.count { !expected.contains($0) }
        cluster.report.recovered = wire.results.count { $0.value > 1 && recorded[$0.key] == 1 }
        try checkDivergences()
        compareBoards()
        try awaitFollowedBoard()
        cluster.stop()
        try checkStore()
        let log = FileManager.default.contents(atPath: options.folder + "/logs/coordinator.err") ?? Data()
        for line in log.split(separator: UInt8(ascii: "\n")).map({ String(decoding: $0, as: UTF8.self) }) {
            if line.contains("the store cannot write") { cluster.report.stalls += 1 }
            if line.contains("the store can write again") { cluster.report.recoveries += 1 }
        }
        return cluster.report
    }

    /// The keys of the undisturbed runs.
    private func expectedKeys() throws -> Set<JobKey> {
        var keys: Set<JobKey> = []
        for round in 0..<workload.rounds {
            let path = workload.calmBoard(round) + "/records.jsonl"
            guard let bytes = FileManager.default.contents(atPath: path) else { continue }
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                let key = try JSONValue(parsing: line, place: path)["job_key"]?.stringValue.flatMap { JobKey(hex: $0) }
                if let key { keys.insert(key) }
            }
        }
        return keys
    }

    private func checkDivergences() throws {
        let client = try ClusterClient.connect(cluster.url, within: .seconds(30))
        defer { client.close() }
        let count = try client.query(.store)["divergences"]?.integerValue ?? -1
        if count != 0 { cluster.violate("\(count) divergences in the store") }
    }

    private func compareBoards() {
        for round in 0..<workload.rounds {
            let (calm, wild) = (files(of: workload.calmBoard(round)), files(of: workload.board(round)))
            if calm.isEmpty { cluster.violate("round \(round) has no undisturbed board") }
            for name in Set(calm.keys).union(wild.keys).sorted() where calm[name] != wild[name] {
                cluster.violate("round \(round): \(name) has other bytes than in the undisturbed run")
            }
        }
    }

    /// The hashed files of an output folder: everything but facts of the run.
    private func files(of folder: String) -> [String: Data] {
        var files: [String: Data] = [:]
        guard let names = FileManager.default.enumerator(atPath: folder) else { return files }
        for case let name as String in names where name != "runs.jsonl" && !name.hasPrefix(".") {
            if let data = FileManager.default.contents(atPath: folder + "/" + name) { files[name] = data }
        }
        return files
    }

    /// The aggregator's board of all rounds ends with the bytes of the undisturbed boards merged.
    private func awaitFollowedBoard() throws {
        let merged = options.folder + "/merged"
        let boards = (0..<workload.rounds).map { workload.calmBoard($0) }
        let command = [options.routegrid, "aggregate"] + boards + ["--out", merged, "--quiet"]
        let process = try TrialProcess(command, name: "merge", logs: options.folder + "/logs")
        let status = process.wait(.seconds(300))
        guard status == 0 else { return cluster.violate("aggregate ended with \(status): \(process.lastLine)") }
        // The report names the grid, which a follower of all grids has not.
        let ofGrid: Set = ["grid.lock.json", "report.html", "MANIFEST.sha256"]
        let expected = files(of: merged).filter { !ofGrid.contains($0.key) }
        let limit = ContinuousClock.now + options.healLimit
        var differing: [String] = []
        repeat {
            try cluster.tend()
            let names = (try? FileManager.default.contentsOfDirectory(atPath: cluster.boards)) ?? []
            let kept = names.filter { $0.contains("@") }.flatMap { files(of: cluster.boards + "/" + $0) }
            let found = Dictionary(kept, uniquingKeysWith: { first, _ in first })
            differing = expected.keys.filter { expected[$0] != found[$0] }.sorted()
            if differing.isEmpty { return }
            usleep(100_000)
        } while ContinuousClock.now < limit
        cluster.violate("the aggregator's board differs from the merged undisturbed ones: \(differing.prefix(5))")
    }

    /// What is left of the state folder passes SQLite's own check.
    private func checkStore() throws {
        let command = [options.routegrid, "doctor", "--state", cluster.disk.path + "/state"]
        let process = try TrialProcess(command, name: "doctor", logs: options.folder + "/logs")
        let status = process.wait(.seconds(120))
        if status != 0 { cluster.violate("doctor ended with \(status): \(process.output.suffix(600))") }
    }
}
