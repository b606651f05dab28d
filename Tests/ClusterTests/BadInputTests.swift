import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Input that cannot be right: one clear line, exit code 65, nothing half-written.
@Suite(.timeLimit(.minutes(5))) struct BadInputTests {
    /// A table that can be right.
    static let table = """
        sample_id,question,a_correct,a_cost,b_correct,b_cost
        s1,one,1,0.5,0,0.25
        s2,two,0,0.5,1,0.25
        s3,three,1,0.5,1,0.25
        """

    struct ImportCase: CustomStringConvertible, Sendable {
        let name: String
        /// What of the table is replaced, and by what.
        let edit: (String, String)
        /// What the message must contain.
        let says: [String]
        var description: String { name }
    }

    static let imports = [
        ImportCase(
            name: "a column that belongs to no model",
            edit: ("b_cost", "b_price"),
            says: ["outcomes.csv", "b_"]
        ),
        ImportCase(
            name: "a cell that is no number",
            edit: ("s2,two,0,0.5", "s2,two,0,cheap"),
            says: ["outcomes.csv:3", "a_cost", "cheap"]
        ),
        ImportCase(
            name: "a correctness above 1",
            edit: ("s2,two,0,", "s2,two,1.5,"),
            says: ["outcomes.csv:3", "a_correct", "1.5"]
        ),
        ImportCase(
            name: "a negative cost",
            edit: ("s2,two,0,0.5", "s2,two,0,-0.5"),
            says: ["outcomes.csv:3", "a_cost", "-0.5"]
        ),
        ImportCase(
            name: "a literal nan",
            edit: ("s2,two,0,", "s2,two,nan,"),
            says: ["outcomes.csv:3", "a_correct", "nan"]
        ),
        ImportCase(
            name: "a literal inf",
            edit: ("s2,two,0,0.5", "s2,two,0,inf"),
            says: ["outcomes.csv:3", "a_cost", "inf"]
        ),
        ImportCase(
            name: "a cost without its correctness",
            edit: ("s2,two,0,", "s2,two,,"),
            says: ["outcomes.csv:3", "a_correct", "a_cost"]
        ),
        ImportCase(name: "a sample id twice", edit: ("s2,", "s1,"), says: ["outcomes.csv:3", "s1"]),
        ImportCase(
            name: "a row with too few cells",
            edit: ("s2,two,0,0.5,1,0.25", "s2,two,0,0.5"),
            says: ["outcomes.csv:3"]
        ),
    ]

    @Test(arguments: imports)
    func `import refuses`(_ bad: ImportCase) async throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.table.replacing(bad.edit.0, with: bad.edit.1) + "\n", to: "outcomes.csv")
        let outcome = try await CommandLineTool.run(
            "import",
            "csv",
            "--outcomes",
            "outcomes.csv",
            "--out",
            "data",
            in: folder.path
        )
        Self.check(outcome, says: bad.says)
        #expect(try folder.names() == ["outcomes.csv"])
    }

    @Test func `import refuses a table and embeddings that are not there`() async throws {
        let folder = try TemporaryFolder()
        let absent = try await CommandLineTool.run(
            "import",
            "csv",
            "--outcomes",
            "no.csv",
            "--out",
            "data",
            in: folder.path
        )
        Self.check(absent, says: ["no.csv", "no such file"])
        try folder.write(Self.table + "\n", to: "outcomes.csv")
        let text = try await CommandLineTool.run(
            "import",
            "csv",
            "--outcomes",
            "outcomes.csv",
            "--text",
            "no.npy",
            "--out",
            "data",
            in: folder.path
        )
        Self.check(text, says: ["no.npy", "no such file"])
        #expect(try folder.names() == ["outcomes.csv"])
    }

    @Test func `import refuses embeddings with another number of rows or another type`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.table + "\n", to: "outcomes.csv")
        let good = SmallData.npy([1, 2, 3, 4, 5, 6], rows: 3)
        try folder.write(SmallData.npy([1, 2, 3, 4], rows: 2), to: "two.npy")
        try folder.write(Self.retyped(good), to: "int.npy")
        try folder.write(Array(good.dropLast(3)), to: "short.npy")
        for (file, says) in [("two.npy", ["2", "3", "rows"]), ("int.npy", ["<i4"]), ("short.npy", ["bytes"])] {
            let outcome = try await CommandLineTool.run(
                "import",
                "csv",
                "--outcomes",
                "outcomes.csv",
                "--text",
                file,
                "--out",
                "data",
                in: folder.path
            )
            Self.check(outcome, says: [file] + says)
        }
        #expect(try folder.names() == ["int.npy", "outcomes.csv", "short.npy", "two.npy"])
    }

    /// The same file as 32-bit integers.
    private static func retyped(_ npy: [UInt8]) -> [UInt8] {
        var bytes = npy
        for index in bytes.indices.dropLast(2) where bytes[index...].starts(with: Array("<f4".utf8)) {
            bytes[index + 1] = UInt8(ascii: "i")
        }
        return bytes
    }

    @Test func `a tensor file that is cut off is refused by every verb that reads it`() async throws {
        let folder = try await SmallData.grid(Grids.all)
        let path = folder.path("data/tensors.safetensors")
        let whole = try #require(FileManager.default.contents(atPath: path))
        try whole.dropLast(100).write(to: URL(fileURLWithPath: path))
        for command in [["plan", "grid.yaml"], ["run", "grid.yaml"], ["data", "show", "data"]] {
            let outcome = try await CommandLineTool.run(command, in: folder.path)
            Self.check(outcome, says: ["tensors.safetensors"])
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
    }

    struct GridCase: CustomStringConvertible, Sendable {
        let name: String
        let edit: (String, String)
        let says: [String]
        var description: String { name }
    }

    static let grids = [
        GridCase(
            name: "an unknown key",
            edit: ("splits:", "split:"),
            says: ["grid.yaml:5", "split", "did you mean \"splits\"?"]
        ),
        GridCase(
            name: "an unknown router",
            edit: ("kind: knn", "kind: kmn"),
            says: ["grid.yaml:", "kmn", "did you mean \"knn\"?"]
        ),
        GridCase(
            name: "an unknown parameter",
            edit: ("k: [5, 9]", "kk: [5, 9]"),
            says: ["grid.yaml:", "kk", "did you mean \"k\"?"]
        ),
        GridCase(name: "a parameter out of range", edit: ("k: [5, 9]", "k: [0]"), says: ["grid.yaml:", "k"]),
        GridCase(name: "k above the train part", edit: ("k: [5, 9]", "k: [5, 500]"), says: ["500", "60"]),
        GridCase(name: "a dataset that is not there", edit: ("path: data", "path: nowhere"), says: ["nowhere"]),
        GridCase(
            name: "an empty test part",
            edit: ("train: 0.5, dev: 0.2, test: 0.3", "train: 0.8, dev: 0.2, test: 0"),
            says: ["test"]
        ),
        GridCase(
            name: "an empty train part",
            edit: ("train: 0.5, dev: 0.2, test: 0.3", "train: 0, dev: 0.5, test: 0.5"),
            says: ["train"]
        ),
        GridCase(name: "no cell", edit: ("budgets:", "exclude: [{dataset: small}]\nbudgets:"), says: ["0 cells"]),
        GridCase(name: "a budget that is none", edit: ("0.5x", "0.5y"), says: ["grid.yaml:", "0.5y"]),
        GridCase(name: "another schema", edit: ("grid/v1", "grid/v7"), says: ["grid.yaml:1", "grid/v7"]),
        GridCase(name: "no YAML", edit: ("modality: [both", "modality: [both: [["), says: ["grid.yaml:"]),
    ]

    @Test(arguments: grids)
    func `plan, submit and run refuse`(_ bad: GridCase) async throws {
        let folder = try await SmallData.grid(Grids.all.replacing(bad.edit.0, with: bad.edit.1))
        let before = try folder.names()
        for command in [["plan", "grid.yaml"], ["submit", "grid.yaml"], ["run", "grid.yaml"]] {
            Self.check(try await CommandLineTool.run(command, in: folder.path), says: bad.says)
        }
        #expect(try folder.names() == before)
    }

    @Test func `a grid that is not there is named`() async throws {
        for verb in ["plan", "submit", "run"] {
            Self.check(try await CommandLineTool.run(verb, "no.yaml", in: "/tmp"), says: ["no.yaml", "no such file"])
        }
    }

    @Test func `aggregate refuses what is no record`() async throws {
        let folder = try TemporaryFolder()
        Self.check(
            try await CommandLineTool.run("aggregate", "no", "--out", "out", in: folder.path),
            says: ["no", "no such file"]
        )
        try folder.write("{\"schema\":\"other\"}\n", to: "records.jsonl")
        let outcome = try await CommandLineTool.run("aggregate", "records.jsonl", "--out", "out", in: folder.path)
        Self.check(outcome, says: ["records.jsonl:1"])
        #expect(try folder.names() == ["records.jsonl"])
    }

    @Test func `unknown words end with 64`() async throws {
        for words in [
            ["rum"], ["run"], ["run", "grid.yaml", "--worker", "2"], ["run", "grid.yaml", "--workers", "0"], ["wait"],
        ] {
            #expect(try await CommandLineTool.run(words).status == 64, "\(words)")
        }
    }

    private static func check(
        _ outcome: CommandLineTool.Outcome,
        says: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == 65, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.lines.count == 1, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.messages.hasPrefix("routegrid: "), "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.output.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
        for words in says {
            #expect(outcome.messages.contains(words), "\(words) – \(outcome)", sourceLocation: sourceLocation)
        }
    }
}
