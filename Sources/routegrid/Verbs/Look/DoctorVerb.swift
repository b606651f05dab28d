import ArgumentParser
import RouteGridBase

/// Reports whether this machine is fit for the work.
struct DoctorVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks the libraries, the limits and the state folder of this machine.",
        discussion: """
            Ends with 0 when nothing failed and with 4 when something did; warnings do not count.

            Example:
              routegrid doctor --state ./state --output json
            """
    )

    @Option(help: "The state folder; its store is checked when there is one.")
    var state = "state"

    @OptionGroup var output: OutputOptions

    func run() throws {
        let findings =
            [MachineChecks.processors()] + LibraryChecks.all() + [
                MachineChecks.openFiles(), MachineChecks.socketFolder(),
            ]
            + StateChecks(folder: state).all()
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

    private func table(_ findings: [Finding]) -> String {
        var table = TextTable("check", "", "found")
        for finding in findings {
            table.add(finding.subject, finding.verdict.rawValue, finding.value)
            if let advice = finding.advice { table.add("", "", "→ \(advice)") }
        }
        return table.rendered(bold: output.console.colorsData)
    }
}
