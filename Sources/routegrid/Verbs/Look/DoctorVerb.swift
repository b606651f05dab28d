import ArgumentParser
import Keys
import RouteGridBase
import Worker

/// Reports whether this machine is fit for the work.
struct DoctorVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks a machine for its role: libraries, limits, disks, the way to the coordinator.",
        discussion: """
            What is wrong is said together with what to do. Ends with 0 when nothing failed and with 4 when something \
            did; warnings do not count. Without a role it checks what `run` on this machine needs.

            Examples:
              routegrid doctor --state ./state --output json
              routegrid doctor --role worker --connect tcp://head:7557 --key worker-1.key
            """
    )

    @Option(help: "What the machine is to do: coordinator, worker or client. Default: all of it, for `run`.")
    var role: DoctorRole?

    @Option(help: "The state folder; its store is checked when there is one.")
    var state = "state"

    @Option(help: "The cache folder of a worker. Default: that of `worker`.")
    var cache: String?

    @Option(help: "The coordinator's address: whether it can be reached, and knows the key.")
    var connect: String?

    @OptionGroup var key: KeyOptions

    @OptionGroup var output: OutputOptions

    func run() throws {
        let findings = findings()
        let failures = findings.count { $0.verdict == .fail }
        let document: JSONValue = [
            "schema": "routegrid/doctor/v1", "version": .string(Version.text), "failures": JSONValue(failures),
            "findings": .array(findings.map(\.json)),
        ]
        output.console.emit(document, table: table(findings))
        if failures > 0 {
            throw RouteGridError(.checkFailed, failures == 1 ? "1 check failed" : "\(failures) checks failed")
        }
    }

    private func findings() -> [Finding] {
        var findings = [MachineChecks.processors()]
        if let limits = MachineChecks.controlGroups(for: role) { findings.append(limits) }
        findings += LibraryChecks.all(for: role)
        if let role, let memory = MachineChecks.memory(of: role) { findings.append(memory) }
        findings.append(MachineChecks.openFiles(for: role))
        if role == nil { findings.append(MachineChecks.socketFolder()) }
        if role == nil || role == .coordinator {
            findings += StateChecks(folder: state).all()
            findings.append(
                MachineChecks.disk(
                    of: state,
                    "disk",
                    wanted: 2 << 30,
                    advice: "records wait while it is full: choose another disk with --state"
                )
            )
        }
        if role == .worker {
            findings.append(
                MachineChecks.disk(
                    of: cache ?? WorkerConfiguration.defaultCacheFolder,
                    "cache",
                    wanted: 8 << 30,
                    advice:
                        "less than the cache may take: start the worker with --cache-limit, or --cache on another disk"
                )
            )
        }
        if let connect {
            findings += ConnectionChecks(url: connect, key: key, role: role == .worker ? .worker : .client).all()
        }
        return findings
    }

    private func table(_ findings: [Finding]) -> String {
        var table = TextTable("check", "", "found")
        for finding in findings {
            table.add(finding.subject, finding.verdict.rawValue, finding.value)
            if let advice = finding.advice { table.add("", "", "→ \(advice)") }
        }
        return table.rendered(bold: output.console.colorsData)
    }
}
