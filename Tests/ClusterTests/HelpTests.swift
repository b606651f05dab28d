import RouteGridBase
import Testing

/// What people see first.
@Suite(.timeLimit(.minutes(2))) struct HelpTests {
    static let verbs = [
        "run", "plan", "coordinator", "worker", "submit", "status", "wait", "aggregate", "import", "data", "doctor",
        "routers", "fusions", "metrics", "keys", "purge", "alloc", "watch", "records", "show", "dashboard",
        "diff", "compare", "verify", "nightly", "reprice", "export", "route",
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

    @Test(arguments: [("routers", "knn", "k"), ("fusions", "weighted", "text")])
    func `a list of the catalog is a JSON array, and one entry a page`(
        verb: String,
        name: String,
        parameter: String
    ) async throws {
        let all = try await CommandLineTool.run(verb, "--output", "json")
        let entries = try #require(JSONValue(parsing: all.output.utf8, place: verb).arrayValue)
        let entry = try #require(entries.first { $0["name"]?.stringValue == name })
        #expect(entry["parameters"]?.arrayValue?.contains { $0["name"]?.stringValue == parameter } == true)
        #expect(try await CommandLineTool.run(verb).output.contains("\n\(name) "))
        let page = try await CommandLineTool.run(verb, name)
        #expect(page.status == 0 && page.output.hasPrefix("\(name): ") && page.output.contains("\n\(parameter) "))
        let wrong = try await CommandLineTool.run(verb, name + "x")
        #expect(wrong.status == 65 && wrong.messages.contains("did you mean \"\(name)\"?"), "\(wrong)")
    }

    @Test func `metrics are listed with meaning, source and which way is better`() async throws {
        let all = try await CommandLineTool.run("metrics", "--output", "json")
        let entries = try #require(JSONValue(parsing: all.output.utf8, place: "metrics").arrayValue)
        for entry in entries {
            for member in ["name", "title", "summary", "source"] {
                #expect(entry[member]?.stringValue?.isEmpty == false, "\(entry)")
            }
            #expect(["larger", "smaller"].contains(entry["better"]?.stringValue), "\(entry)")
        }
        let list = try await CommandLineTool.run("metrics")
        #expect(list.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(list)")
        let page = try await CommandLineTool.run("metrics", "cost_at_98")
        #expect(page.output.hasPrefix("cost_at_98: ") && page.output.contains("better: smaller"), "\(page)")
        #expect(try await CommandLineTool.run("metrics", "cost_at_99").status == 65)
    }

    @Test func `messages do not mix with data`() async throws {
        let quiet = try await CommandLineTool.run("doctor", "--output", "quiet")
        #expect(quiet.output.isEmpty)
        let json = try await CommandLineTool.run("doctor", "--output", "json")
        #expect(json.output.hasPrefix("{") && json.output.hasSuffix("}\n"))
        #expect(!json.output.contains("\u{1B}"))
    }
}
