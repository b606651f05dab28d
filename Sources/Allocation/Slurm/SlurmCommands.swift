import Foundation
package import RouteGridBase

/// Slurm's commands, as an allocator uses them: one `squeue` a round, for its own jobs and never one by one.
package struct SlurmCommands: Sendable {
    /// The name of all jobs of the allocator.
    package let jobName: String
    /// Arguments of `sbatch` that users gave.
    package let arguments: [String]
    package let partition: String?
    /// Seconds after which a command is given up.
    package var patience = 60.0
    private let environment: [String: String]

    package init(
        jobName: String,
        partition: String?,
        arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.jobName = jobName
        self.partition = partition
        self.arguments = arguments
        self.environment = Self.cleared(environment)
    }

    /// Without the variables that change what Slurm's commands do or print, those that an allocator started from a job
    /// inherits included; where the configuration and the user's token are stays.
    package static func cleared(_ environment: [String: String]) -> [String: String] {
        let kept: Set<String> = ["SLURM_CONF", "SLURM_JWT", "SLURM_CONF_SERVER"]
        let prefixes = ["SLURM_", "SLURMD_", "SBATCH_", "SQUEUE_", "SCANCEL_", "SINFO_", "SALLOC_", "SRUN_"]
        return environment.filter { name, _ in
            kept.contains(name) || !prefixes.contains { name.hasPrefix($0) }
        }
    }

    /// The allocator's jobs, those that ended in the last minutes too.
    ///
    /// - Throws: `temporary` when the query failed, `system` when there is no `squeue`.
    package func jobs() throws(RouteGridError) -> [SlurmJob] {
        let answer = try run(
            ["squeue", "--me", "--noheader", "--array", "--states=all", "--name=\(jobName)"]
                + clusters + ["--format=\(SlurmJob.format)"]
        )
        guard answer.status == 0, !answer.timedOut else {
            throw RouteGridError(.temporary, "squeue: \(answer.complaint)")
        }
        return SlurmJob.jobs(named: jobName, in: answer.output)
    }

    /// Submits jobs, as one array.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - nodes: nodes that they do not use.
    ///   - script: the batch script.
    /// - Returns: what became of it.
    package func submit(_ count: Int, excluding nodes: [String], script: BatchScript) -> Allocator.Submission {
        let answer: ToolRun
        do {
            answer = try run(submission(count, excluding: nodes), input: script.text)
        } catch {
            return .refused(error.message)
        }
        if answer.timedOut { return .unknown("no answer within \(TimeSpan(seconds: patience).text)") }
        if answer.status == 0, let id = Self.id(in: answer.output) {
            return .accepted((1...count).map { "\(id)_\($0)" })
        }
        // The controller may have taken it all the same.
        let doubts = ["timed out", "Zero Bytes", "Unable to contact", "Communication"]
        let isDoubtful = answer.status == 0 || doubts.contains { answer.messages.contains($0) }
        return isDoubtful ? .unknown(answer.complaint) : .refused(answer.complaint)
    }

    /// The words of a submission.
    package func submission(_ count: Int, excluding nodes: [String]) -> [String] {
        var words = ["sbatch", "--parsable", "--array=1-\(count)"]
        if !nodes.isEmpty { words.append("--exclude=\(nodes.joined(separator: ","))") }
        return words + arguments
    }

    /// The number in `--parsable`'s answer, `ID` or `ID;CLUSTER`, after whatever the site's plugins print.
    package static func id(in answer: String) -> String? {
        let line = answer.split(whereSeparator: \.isNewline).last ?? ""
        let id = line.prefix { $0.isASCII && $0.isNumber }
        let rest = line.dropFirst(id.count)
        return !id.isEmpty && (rest.isEmpty || rest.hasPrefix(";")) ? String(id) : nil
    }

    /// Cancels those of the jobs that wait in the queue.
    ///
    /// - Throws: `temporary` when it failed.
    package func cancel(_ ids: [String]) throws(RouteGridError) {
        let answer = try run(["scancel", "--state=PENDING"] + clusters + ids)
        guard answer.status == 0, !answer.timedOut else {
            throw RouteGridError(.temporary, "scancel: \(answer.complaint)")
        }
    }

    /// The nodes of the partition; empty when that cannot be found out.
    package func nodes() -> Set<String> {
        let partition = partition.map { ["--partition=\($0)"] } ?? []
        guard let answer = try? run(["sinfo", "--noheader", "--Node", "--format=%N"] + clusters + partition),
            answer.status == 0
        else { return [] }
        return Set(answer.output.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    private func run(_ words: [String], input: String = "") throws(RouteGridError) -> ToolRun {
        try ToolRun.run(words, input: input, environment: environment, limit: patience)
    }

    /// The cluster that `sbatch` is to use, for the other commands.
    private var clusters: [String] {
        for (place, word) in arguments.enumerated() {
            if word.hasPrefix("--clusters=") { return [word] }
            if word == "--clusters" || word == "-M", place + 1 < arguments.count {
                return ["--clusters=\(arguments[place + 1])"]
            }
            if word.hasPrefix("-M"), word.count > 2 { return ["--clusters=\(word.dropFirst(2))"] }
        }
        return []
    }

    /// Refuses arguments without which the allocator would not find its jobs again.
    ///
    /// - Throws: `usage`.
    package static func check(_ arguments: [String]) throws(RouteGridError) {
        let own = ["--job-name", "--array", "--wrap", "--wait", "--parsable", "--test-only", "--nodes", "--ntasks"]
        let short = ["-J", "-a", "-W", "-N", "-n"]
        for word in arguments {
            let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
            let isOwn = own.contains(name) || short.contains { word.hasPrefix($0) }
            guard !isOwn else {
                throw RouteGridError(.usage, "\(word): the allocator sets this itself, to find its jobs again")
            }
        }
    }
}
