import Allocation
import Foundation
import RouteGridBase

/// Drives an allocator: asks, lets it decide, does what it decided, and leaves its state for `alloc status`.
struct AllocatorLoop {
    private var allocator: Allocator
    private var report: AllocatorReport
    private let commands: SlurmCommands
    private let script: BatchScript
    private let file: String
    private var connection: AllocatorConnection
    private let console: Console
    /// What was noted last, so that a state that lasts is noted once.
    private var noted: [String: String] = [:]
    private var nodes: Set<String> = []

    init(
        settings: AllocatorSettings,
        commands: SlurmCommands,
        script: BatchScript,
        file: String,
        connection: AllocatorConnection,
        console: Console
    ) {
        allocator = Allocator(settings: settings)
        report = AllocatorReport(jobName: commands.jobName, connect: connection.url, process: Int(getpid()))
        (self.commands, self.script, self.file) = (commands, script, file)
        (self.connection, self.console) = (connection, console)
        if let state = try? AllocatorFolder.read(file) { allocator.restore(from: state) }
    }

    /// Goes on until a stop signal.
    ///
    /// - Throws: What lasts: `refused` for a key, `protocolRefused` for another version, `system` without Slurm.
    mutating func run(until signals: SignalWatch) throws {
        defer { connection.close() }
        console.note("\(commands.jobName): jobs print to \(script.logs)")
        while signals.received == nil {
            try round()
            let pause = allocator.settings.interval * Double.random(in: 1...1.1)
            let next = ContinuousClock.now + .seconds(pause)
            while ContinuousClock.now < next, signals.received == nil { usleep(50_000) }
        }
    }

    private mutating func round() throws(RouteGridError) {
        let queue = try queue()
        let cluster = try cluster()
        if queue != nil, !allocator.sickNodes.isEmpty { nodes = commands.nodes() }
        let actions = allocator.round(
            at: Date().timeIntervalSince1970,
            queue: queue.map(withLogs),
            cluster: cluster,
            nodes: nodes
        )
        for action in actions { perform(action) }
        note("pause", allocator.pause.map { "nothing is submitted for now: \($0.reason)" })
        note("wanted", allocator.wanted.map { "\($0) workers wanted" })
        do throws(RouteGridError) { try AllocatorFolder.write(report.json(allocator), to: file) } catch {
            note("state", error.message)
        }
    }

    private mutating func queue() throws(RouteGridError) -> [SlurmJob]? {
        do throws(RouteGridError) {
            let jobs = try commands.jobs()
            report.queueError = nil
            return jobs
        } catch {
            guard error.code == .temporary else { throw error }
            report.queueError = error.message
            note("queue", error.message)
            return nil
        }
    }

    private mutating func cluster() throws(RouteGridError) -> ClusterView? {
        do throws(RouteGridError) {
            let status = try connection.status()
            report.coordinatorError = nil
            report.demand = status["demand"] ?? .null
            return try ClusterView(status: status, jobName: commands.jobName)
        } catch {
            guard error.code == .unreachable || error.code == .temporary else { throw error }
            report.coordinatorError = error.message
            note("coordinator", error.message)
            return nil
        }
    }

    /// Jobs that failed before their workers greeted, with the last line that they printed.
    private func withLogs(_ queue: [SlurmJob]) -> [SlurmJob] {
        queue.map { job in
            guard job.state == .failed || job.state == .timedOut, allocator.jobs[job.id]?.hasGreeted == false,
                let line = AllocatorFolder.lastLine(of: script.log(ofJob: job.id))
            else { return job }
            var job = job
            job.reason += ": \(line)"
            return job
        }
    }

    private mutating func perform(_ action: Allocator.Action) {
        switch action {
        case .cancel(let ids):
            console.note("cancelling \(ids.count) waiting jobs: \(ids.joined(separator: " "))")
            do throws(RouteGridError) { try commands.cancel(ids) } catch { note("cancel", error.message) }
        case .submit(let count, let excluded):
            let outcome = commands.submit(count, excluding: excluded, script: script)
            if case .accepted(let ids) = outcome {
                let without = excluded.isEmpty ? "" : ", not on \(excluded.joined(separator: " "))"
                console.note("submitted \(ids.count) jobs, from \(ids.first ?? "") on\(without)")
            }
            allocator.submitted(outcome)
        }
    }

    private mutating func note(_ subject: String, _ text: String?) {
        guard noted[subject] != text else { return }
        noted[subject] = text
        if let text { console.note(text) }
    }
}
