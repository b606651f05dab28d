import RouteGridBase

/// The script of a worker's job.
///
/// It holds no secret: the key of the worker is a file that the node reads.
package struct BatchScript: Hashable, Sendable {
    /// The `routegrid` of the nodes.
    package var program: String
    package var jobName: String
    /// The coordinator, as the nodes reach it.
    package var connect: String
    /// The worker's key; nil where the coordinator leaves one on the machine.
    package var key: String?
    package var isPlaintext = false
    package var partition: String?
    package var walltime: TimeSpan
    package var idleExit: TimeSpan
    /// Cells at a time; nil: what the job is given.
    package var slots: Int?
    package var cache: String?
    /// The folder for what jobs print.
    package var logs: String
    /// Lines to run before the worker, such as `module load openblas`.
    package var setup: [String] = []

    package init(
        program: String,
        jobName: String,
        connect: String,
        walltime: TimeSpan,
        idleExit: TimeSpan,
        logs: String
    ) {
        self.program = program
        self.jobName = jobName
        self.connect = connect
        self.walltime = walltime
        self.idleExit = idleExit
        self.logs = logs
    }

    /// Seconds before the end of the walltime at which Slurm sends SIGTERM: what is computed then is handed back.
    package var termination: Double { min(60, (walltime.seconds / 4).rounded(.down)) }

    /// Seconds for which a worker takes work: what it began then is to end before the SIGTERM.
    package var lifetime: Double { max(1, walltime.seconds - 2 * termination - stagger) }

    /// Seconds by which the ends of workers that began together are spread, before that.
    package var stagger: Double { min(120, (walltime.seconds / 20).rounded(.down)) }

    /// What jobs print is in a file for each; `%A` and `%a` are Slurm's.
    package var log: String { "\(logs)/%A_%a.log" }

    /// Where a job of this number printed to.
    package func log(ofJob id: String) -> String { "\(logs)/\(id).log" }

    package var text: String {
        var options = [
            "--job-name=\(jobName)", "--nodes=1", "--ntasks=1", "--time=\(minutes)", "--requeue", "--open-mode=append",
            "--signal=B:TERM@\(Int(termination))", "--output=\(Self.quoted(log))",
        ]
        if let partition { options.append("--partition=\(Self.quoted(partition))") }
        if let slots { options.append("--cpus-per-task=\(slots)") }
        let lines = ["#!/bin/bash"] + options.map { "#SBATCH \($0)" } + [""] + setup + command + [""]
        return lines.joined(separator: "\n")
    }

    /// Whole minutes, as `--time` takes them.
    private var minutes: Int { max(1, Int((walltime.seconds / 60).rounded(.up))) }

    /// The worker takes the place of the shell, so that Slurm's signals are its own.
    private var command: [String] {
        var words = ["exec", Self.quoted(program), "worker", "--connect", Self.quoted(connect)]
        if isPlaintext { words.append("--insecure-plaintext") }
        if let key { words += ["--key", Self.quoted(key)] }
        if let slots { words += ["--slots", "\(slots)"] }
        if let cache { words += ["--cache", Self.quoted(cache)] }
        let name = "\"\(jobName).${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}.${SLURMD_NODENAME}\""
        words += ["--name", name]
        let times = [
            ("--idle-timeout", idleExit.seconds), ("--lifetime", lifetime), ("--lifetime-stagger", stagger),
            ("--drain-grace", min(10, termination / 2)),
        ]
        for (option, seconds) in times where option != "--lifetime-stagger" || seconds > 0 {
            words += [option, Self.number(seconds)]
        }
        return [words.joined(separator: " ")]
    }

    private static func number(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
    }

    /// A word for a shell, quoted where it has to be.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                    || "_-./:@%+=,".unicodeScalars.contains(scalar)
            }
        return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}
