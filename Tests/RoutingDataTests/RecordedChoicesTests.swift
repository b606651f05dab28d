import RouteGridBase
import RoutingData
import Testing

/// Files of choices: the forms that are read, and what the messages for others say.
struct RecordedChoicesTests {
    private static let samples = ["a", "b", "c"].map { Sample(id: $0, dataset: "d", group: $0) }
    private static let models = ["m1", "m2"]

    private func read(_ text: String, names: String = "exact") throws -> RecordedChoices {
        try RecordedChoices(bytes: Array(text.utf8), place: "c.csv", names: names)
    }

    private func policies(_ text: String, names: String = "exact") throws -> [[Int]] {
        try read(text, names: names).policies(for: [0, 1, 2], samples: Self.samples, models: Self.models)
    }

    @Test func `tables, lines and RouterArena's predictions read the same`() throws {
        let forms = [
            "sample_id,model\na,m1\nc,m2\n", "\u{FEFF}sample_id;model;note\r\nc;m2;x\r\na;m1;y\r\n",
            "{\"sample_id\":\"a\",\"model\":\"m1\"}\n{\"sample_id\":\"c\",\"model\":\"m2\"}\n",
            """
            [{"global index":"a","prompt":"p","prediction":"m1","generated_result":{"success":true},"cost":0.1,
              "accuracy":1.0,"for_optimality":false},
             {"global_index":"c","prompt":"p","prediction":"m1","generated_result":{"model_used":"m2"}},
             {"global index":"b","prediction":"m2","for_optimality":true}]
            """,
        ]
        // b has no answer.
        for form in forms { #expect(try policies(form) == [[0, 2, 1]], "\(form)") }
    }

    @Test func `names are mapped, budgets are points by their number`() throws {
        #expect(try policies("sample_id,model\na,x\nb,m2\n", names: "x=m1, y=m2") == [[0, 1, 2]])
        let two = try read("sample_id,model,budget\na,m2,10\na,m1,9\n")
        #expect(two.budgets == ["9", "10"])
        #expect(two.policies(for: [0], samples: Self.samples, models: Self.models) == [[0], [1]])
    }

    @Test func `what is wrong is said with its line`() throws {
        func check(_ text: String) -> String {
            message { try read(text).check(models: Self.models, samples: Self.samples, dataset: "d") }
        }
        #expect(check("sample_id,model\na,m3\n").hasPrefix("c.csv:2: dataset d has no model \"m3\"; did you mean"))
        let strangers = check("sample_id,model\nx,m1\n")
        #expect(strangers.hasSuffix("no row is of dataset d: expected its sample ids, such as \"a\""))
        #expect(check("sample_id,model\na,m1\na,m2\n") == "c.csv:3: sample \"a\" is answered twice")
        #expect(check("sample_id,choice\na,m1\n").hasPrefix("c.csv:1: no column \"model\""))
        #expect(check("sample_id,model\n") == "c.csv: no choices")
    }
}
