import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Names as people save them: marks, blanks, quotes, empty lines.
struct NameListTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func dataset(samples: String = "[\"MMStar/0\", \"AI2D/1\"]", models: String = "b\nC\na\n") throws -> Dataset
    {
        try VLRouterBenchImporter(
            quality: Fixtures.golden("npy/bool.npy"),
            cost: Fixtures.golden("npy/f4.npy"),
            sampleNames: try folder.write(samples, to: "samples"),
            modelNames: try folder.write(models, to: "models"),
            labels: ImportLabels(name: "vl")
        ).read().dataset
    }

    @Test(arguments: [
        "\u{FEFF}gpt-4o\nC\na\n", "gpt-4o \nC\na", "  gpt-4o\r\nC\r\na\r\n", "\tgpt-4o\t\n\n C\na\n\n",
        "gpt-4o\u{A0}\nC\na",
        "\u{FEFF}[\"gpt-4o\", \"C\", \"a\"]", " [\"gpt-4o\",\n\"C\",\n\"a\"]\n",
    ])
    func `marks and blanks around names do not become part of them`(models: String) throws {
        #expect(try dataset(models: models).models == ["C", "a", "gpt-4o"])
        let samples = models.replacingOccurrences(of: "gpt-4o", with: "MMStar/0").replacingOccurrences(
            of: "C",
            with: "AI2D/1"
        )
        let two =
            samples.contains("[")
            ? "\u{FEFF}[\"MMStar/0\", \"AI2D/1\"]"
            : samples.split(whereSeparator: \.isNewline).prefix(2).joined(separator: "\n")
        if two.contains("AI2D") {
            #expect(try dataset(samples: two).samples.map(\.sample.dataset) == ["MMStar", "AI2D"])
        }
    }

    @Test(arguments: [
        ("\"gpt-4o\"\nC\na\n", "line 1: the name \"\\\"gpt-4o\\\"\" stands in quotes"),
        ("'gpt-4o'\nC\na\n", "line 1: the name \"'gpt-4o'\" stands in quotes"),
        ("[\"gpt-4o \", \"C\", \"a\"]", "entry 1: the name \"gpt-4o \" has blanks at its ends"),
        ("[\"\\ufeffgpt\", \"C\", \"a\"]", "holds an invisible character (U+FEFF)"),
        ("gp\u{200B}t\nC\na\n", "holds an invisible character (U+200B)"),
        ("gp\u{202E}t\nC\na\n", "holds an invisible character (U+202E)"),
        ("[\"a\\nb\", \"C\", \"a\"]", "entry 1: the name \"a\\nb\" holds a control character (U+000A)"),
        ("gp\u{1B}t\nC\na\n", "holds a control character (U+001B)"),
        ("[\"\", \"C\", \"a\"]", "entry 1: the name \"\" is empty"),
        ("a\nC\na\n", "line 3: \"a\" occurs twice"), ("a\nC\n\na \n", "line 4: \"a\" occurs twice"),
        ("[1, \"C\", \"a\"]", "expected a JSON list of texts"), ("", "no names"), (" \n\n", "no names"),
        ("{\"a\": 1}", "JSON: expected a JSON list of texts, or a text with one name a line"),
    ])
    func `a name that cannot be one is refused with its place`(models: String, expected: String) throws {
        let found = message { _ = try dataset(models: models) }
        #expect(found.contains(expected) && found.contains("/models: "), "\(found)")
    }

    @Test func `headers of tables are freed of marks and blanks`() throws {
        let path = try folder.write("\u{FEFF}sample_id , small_correct,small_cost \nx,1,2\n", to: "o.csv")
        let dataset = try CSVImporter(outcomes: path, labels: ImportLabels(name: "mine")).read().dataset
        #expect(dataset.models == ["small"] && dataset.samples[0].sample.id == "x")
        for (header, problem) in [
            ("small _correct,small _cost", "the model's name \"small \" has blanks at its ends"),
            ("\"\"\"m\"\"_correct\",\"\"\"m\"\"_cost\"", "stands in quotes"),
            ("\u{FEFF}m_correct,m_cost", "holds an invisible character (U+FEFF)"),
            ("m_correct, m_correct,m_cost", "column \"m_correct\" occurs twice"),
        ] {
            let wrong = try folder.write(
                "sample_id,\(header)\nx,1,2\(header.contains(", m") ? ",3" : "")\n",
                to: "w.csv"
            )
            let importer = CSVImporter(outcomes: wrong, labels: ImportLabels(name: "mine"))
            let found = message { _ = try importer.read() }
            #expect(found.contains("w.csv:1: ") && found.contains(problem), "\(found)")
        }
        let blank = try folder.write("sample_id,m_correct,m_cost\nx ,1,2\n", to: "b.csv")
        let importer = CSVImporter(outcomes: blank, labels: ImportLabels(name: "mine"))
        #expect(
            message { _ = try importer.read() }.contains(
                "b.csv:2: column \"sample_id\": the sample id \"x \" has blanks"
            )
        )
    }
}
