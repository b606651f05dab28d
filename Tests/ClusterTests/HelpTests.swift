import Testing

/// What people see first.
@Suite(.timeLimit(.minutes(2))) struct HelpTests {
    static let verbs = [
        "run", "plan", "coordinator", "worker", "submit", "status", "wait", "aggregate", "import", "data", "doctor",
    ]

    @Test(arguments: verbs)
    func `every verb's help has an example and goes to stdout`(_ verb: String) async throws {
        let outcome = try await CommandLineTool.run(verb, "--help")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("Example"), "\(outcome)")
        #expect(outcome.output.contains("routegrid \(verb)"), "\(outcome)")
        #expect(outcome.messages.isEmpty)
    }

    @Test func `the root help lists every verb and every exit code`() async throws {
        let outcome = try await CommandLineTool.run("--help")
        for verb in Self.verbs { #expect(outcome.output.contains("  \(verb) "), "\(verb)") }
        for code in ["0", "1", "2", "3", "4", "64", "65", "69", "75", "76", "77", "130", "143"] {
            #expect(outcome.output.contains("  \(code) "), "\(code)")
        }
    }

    @Test func `messages do not mix with data`() async throws {
        let quiet = try await CommandLineTool.run("doctor", "--output", "quiet")
        #expect(quiet.output.isEmpty)
        let json = try await CommandLineTool.run("doctor", "--output", "json")
        #expect(json.output.hasPrefix("{") && json.output.hasSuffix("}\n"))
        #expect(!json.output.contains("\u{1B}"))
    }
}
