import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// The files that a researcher has: each imports by a natural command, or the message holds what makes it importable.
@Suite(.timeLimit(.minutes(5))) struct NaturalFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Two prompts, two models; one pair was not measured.
    private static let rows = [
        ("one, two", "big", 0.75, 0.5), ("one, two", "small", 0.5, 0.25), ("say \"three\"", "big", 1.0, 1.5),
    ]

    private static func table(_ head: [String], separator: String = ",", line: String = "\n") -> String {
        let rows = rows.map { row in
            ["\"\(row.0.replacing("\"", with: "\"\""))\"", row.1, "\(row.2)", "\(row.3)"].joined(separator: separator)
        }
        return ([head.joined(separator: separator)] + rows).joined(separator: line) + line
    }

    private static let map = "query=prompt,model=model,score=score,cost=cost"
    private static let head = ["prompt", "model", "score", "cost"]

    private func importing(_ arguments: String...) async throws -> CommandLineTool.Outcome {
        try await CommandLineTool.run(["import"] + arguments + ["--out", "data", "--name", "mine"], in: folder.path)
    }

    private func makeFolders(_ names: String...) throws {
        for name in names {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
    }

    /// Whether the folder `data` holds ``rows``.
    private func expectRows(_ outcome: CommandLineTool.Outcome, _ what: String) throws {
        guard outcome.status == 0 else {
            Issue.record("\(what): \(outcome)")
            return
        }
        let dataset = try Dataset.load(folder: folder.path("data"))
        #expect(dataset.models == ["big", "small"], "\(what)")
        #expect(dataset.samples.map(\.question) == ["one, two", "say \"three\""], "\(what)")
        #expect(dataset.quality.elements.map { $0.isNaN ? -1 : $0 } == [0.75, 0.5, 1, -1], "\(what)")
        #expect(dataset.cost?.elements.map { $0.isNaN ? -1 : $0 } == [0.5, 0.25, 1.5, -1], "\(what)")
    }

    /// Runs what a message suggests after `start`.
    private func runAdvice(_ outcome: CommandLineTool.Outcome, after start: String) async throws {
        let line = try #require(outcome.lines.first { $0.contains(start) }, "\(outcome)")
        let command = try #require(line.components(separatedBy: start).last)
        let running = try RunningCommand(["-c", command], program: "/bin/sh", in: folder.path)
        #expect(await running.ended() == 0, "\(command): \(running.messages)")
    }

    @Test func `other names of columns, tabs, semicolons, an index of pandas, marks and line ends of Windows`()
        async throws
    {
        let names = ["Prompt", "LLM", "Accuracy (%)", "Price USD"]
        try folder.write(Self.table(names), to: "names.csv")
        let named = "query=Prompt,model=LLM,score=Accuracy (%),cost=Price USD"
        try expectRows(try await importing("long", "names.csv", "--map", named), "other names")
        let near = try await importing("long", "names.csv", "--map", named.lowercased())
        #expect(near.status == 65 && near.messages.contains("no column \"llm\" (model); did you mean \"LLM\"?"))
        let wide = try await importing("csv", "--outcomes", "names.csv")
        #expect(wide.messages.contains("routegrid import long names.csv --map query=COLUMN,model=COLUMN,score=COLUMN"))

        try folder.write(Self.table(Self.head, separator: "\t"), to: "t.tsv")
        try expectRows(try await importing("long", "t.tsv", "--map", Self.map), "tabs")
        try folder.write(Self.table(Self.head, separator: ";"), to: "s.csv")
        try expectRows(try await importing("long", "s.csv", "--map", Self.map), "semicolons")
        let lines = Self.table(Self.head).split(separator: "\n").enumerated()
        try folder.write(lines.map { "\($0 == 0 ? "" : "\($0 - 1)"),\($1)\n" }.joined(), to: "pandas.csv")
        let indexed = try await importing("long", "pandas.csv", "--map", Self.map)
        try expectRows(indexed, "pandas")
        #expect(indexed.output.contains("columns without a name, left out (pandas writes its index so)"))
        try folder.write("\u{FEFF}" + Self.table(Self.head, line: "\r\n"), to: "windows.csv")
        try expectRows(try await importing("long", "windows.csv", "--map", Self.map), "Windows")
    }

    @Test func `scores of 0 to 100 and decimal commas are read when they are said`() async throws {
        let percent = Self.rows.map { "\"\($0.0.replacing("\"", with: "\"\""))\",\($0.1),\($0.2 * 100),\($0.3)" }
        try folder.write(([Self.head.joined(separator: ",")] + percent).joined(separator: "\n"), to: "percent.csv")
        let refused = try await importing("long", "percent.csv", "--map", Self.map)
        #expect(
            refused.lines.first
                == "routegrid: percent.csv:2: column \"score\": expected a score 0…1, found 75; --scale 100 divides scores by 100"
        )
        try expectRows(try await importing("long", "percent.csv", "--map", Self.map, "--scale", "100"), "percent")

        let comma = Self.table(Self.head, separator: ";").replacing(/(\d)\.(\d)/) { "\($0.1),\($0.2)" }
        try folder.write(comma, to: "comma.csv")
        let points = try await importing("long", "comma.csv", "--map", Self.map)
        let expected = "comma.csv:2: column \"score\": expected a score 0…1, found \"0,75\"; --decimal comma reads"
        #expect(points.status == 65 && points.messages.contains(expected), "\(points)")
        try expectRows(try await importing("long", "comma.csv", "--map", Self.map, "--decimal", "comma"), "commas")
        try folder.write(comma.replacing(";", with: "\t"), to: "comma.tsv")
        try expectRows(try await importing("long", "comma.tsv", "--map", Self.map, "--decimal", "comma"), "tabs")
    }

    @Test func `JSON lines, a packed file and a folder with a file a model`() async throws {
        let objects = Self.rows.map { row in
            JSONValue.object([
                "prompt": .string(row.0), "model": .string(row.1), "score": .double(row.2), "cost": .double(row.3),
            ]).jsonText + "\n"
        }
        try folder.write(objects.joined(), to: "r.jsonl")
        try expectRows(try await importing("long", "r.jsonl", "--map", Self.map), "JSON lines")
        let packed = try RunningCommand(["-k", "r.jsonl"], program: "/bin/gzip", in: folder.path)
        #expect(await packed.ended() == 0)
        try expectRows(try await importing("long", "r.jsonl.gz", "--map", Self.map), "gzip")

        try makeFolders("by-file", "by-folder/big", "by-folder/small")
        for (number, model) in ["big", "small"].enumerated() {
            let own = objects.filter { $0.contains("\"\(model)\"") }.joined().replacing("\"model\"", with: "\"name\"")
            try folder.write(own, to: "by-file/\(model).jsonl")
            try folder.write(own, to: "by-folder/\(model)/results-\(number).jsonl")
        }
        let map = "query=prompt,score=score,cost=cost,model="
        try expectRows(try await importing("long", "by-file", "--map", map + "@file"), "a file a model")
        try expectRows(try await importing("long", "by-folder", "--map", map + "@folder"), "a folder a model")
        try expectRows(try await importing("long", "by-file/*.jsonl", "--map", map + "@file"), "a pattern")
    }

    @Test func `a workbook of a harness is read, and Parquet named with what converts it`() async throws {
        let golden = CommandLineTool.package + "/Tests/RoutingDataTests/Golden/"
        let workbook = golden + "InternVL2_MMStar_exact_matching_result.xlsx"
        let read = try await importing("long", workbook, "--preset", "vlmevalkit")
        #expect(read.status == 0 && read.output.contains("1 models"), "\(read)")
        try folder.write(Array("PAR1....PAR1".utf8), to: "p.parquet")
        let parquet = try await importing("long", "p.parquet", "--map", Self.map)
        let command = "python3 -c \"import duckdb; duckdb.sql(\\\"COPY 'p.parquet' TO 'p.jsonl' (FORMAT json)\\\")\""
        #expect(parquet.status == 65 && parquet.messages.contains("pip install duckdb, then: \(command)\n"))
    }

    @Test func `a row a query with a column a model, and embeddings of float16`() async throws {
        try folder.write("id,prompt,big,small\na,x,1,0\nb,y,0,\n", to: "wide.csv")
        let read = try await importing("long", "wide.csv", "--map", "id=id,query=prompt,model=*,score=*")
        #expect(read.status == 0, "\(read)")
        let dataset = try Dataset.load(folder: folder.path("data"))
        #expect(dataset.models == ["big", "small"] && dataset.samples.map(\.sample.id) == ["a", "b"])
        #expect(dataset.quality.elements.map { $0.isNaN ? -1 : $0 } == [1, 0, 0, -1])

        try folder.write(",id,prompt,big_correct,big_cost\n0,a,x,1,2\n1,b,y,0,2\n", to: "pairs.csv")
        let save = "import numpy; numpy.save('e.npy', numpy.array([[1, 0.5], [-2, 0.25]], dtype='float16'))"
        let python = try RunningCommand(["-c", save], program: "/usr/bin/python3", in: folder.path)
        #expect(await python.ended() == 0, "\(python.messages)")
        let unnamed = try await importing("csv", "--outcomes", "pairs.csv", "--text", "e.npy")
        #expect(unnamed.messages.contains("pairs.csv:1: unknown column \"prompt\""), "\(unnamed)")
        #expect(unnamed.messages.contains("--map question=COLUMN names one that is called otherwise"), "\(unnamed)")
        let named = try await importing(
            "csv",
            "--outcomes",
            "pairs.csv",
            "--text",
            "e.npy",
            "--map",
            "sample_id=id,question=prompt"
        )
        #expect(named.status == 0, "\(named)")
        let embedded = try Dataset.load(folder: folder.path("data"))
        #expect(embedded.text["default"]?.elements == [1, 0.5, -2, 0.25])
        #expect(embedded.samples.map(\.sample.id) == ["a", "b"] && embedded.samples.map(\.question) == ["x", "y"])
    }

    @Test(arguments: ["NaN", "null", "NA", "N/A", "None", "-"])
    func `a text for a missing number is read when it is said`(text: String) async throws {
        let rows = Self.table(Self.head) + "\"say \"\"three\"\"\",small,\(text),\(text)\n"
        try folder.write(rows, to: "m.csv")
        let refused = try await importing("long", "m.csv", "--map", Self.map)
        let shown = "m.csv:5: column \"score\": expected a score 0…1, found \"\(text)\"; --missing \(text) reads it"
        #expect(refused.status == 65 && refused.messages.contains(shown), "\(refused)")
        try expectRows(try await importing("long", "m.csv", "--map", Self.map, "--missing", text), text)
        // An empty cell is missing anyway.
        try folder.write(rows.replacing(",\(text),\(text)\n", with: ",,\n"), to: "m.csv")
        try expectRows(try await importing("long", "m.csv", "--map", Self.map), "empty")
    }

    @Test func `twice named columns, quoted line ends and numbers of Python say what they are`() async throws {
        try folder.write("prompt,model,score,score\nx,a,1,0\n", to: "twice.csv")
        let twice = try await importing("long", "twice.csv", "--map", "query=prompt,model=model,score=score")
        #expect(twice.status == 65 && twice.lines == ["routegrid: twice.csv:1: column \"score\" occurs twice"])
        try folder.write("prompt,model,score,note,note\n\"x\r\ny\",a,1,,\n", to: "notes.csv")
        let notes = try await importing("long", "notes.csv", "--map", "query=prompt,model=model,score=score")
        #expect(notes.status == 0, "\(notes)")
        #expect(try Dataset.load(folder: folder.path("data")).samples[0].question == "x\r\ny")

        let objects = ["0.75", "NaN", "NaN"].enumerated().map { row, score in
            #"{"prompt": "x \#(row) NaN", "model": "a", "score": \#(score), "cost": 1}"#
        }
        let list = "[\(objects.joined(separator: ","))]"
        for (name, text) in [("n's.jsonl", objects.joined(separator: "\n")), ("n.json", list)] {
            try folder.write(text, to: name)
            let refused = try await importing("long", name, "--map", Self.map)
            #expect(refused.status == 65 && refused.messages.contains("NaN and Infinity are not JSON"), "\(refused)")
            try await runAdvice(refused, after: "write null where a value is missing: ")
            let mended = name == "n.json" ? "n.null.json" : "n's.null.jsonl"
            let read = try await importing("long", mended, "--map", Self.map)
            #expect(read.status == 0, "\(read)")
            let dataset = try Dataset.load(folder: folder.path("data"))
            #expect(dataset.samples.map(\.question) == ["x 0 NaN", "x 1 NaN", "x 2 NaN"])
            #expect(dataset.quality.elements.map { $0.isNaN ? -1 : $0 } == [0.75, -1, -1])
        }
    }

    @Test func `files packed by zstd are refused with the line that unpacks them`() async throws {
        let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0]
        for (name, command) in [
            ("a.jsonl.zst", "zstd -d a.jsonl.zst"), ("a b.jsonl.zstd", "zstd -d 'a b.jsonl.zstd' -o 'a b.jsonl'"),
            ("a.jsonl", "zstd -d a.jsonl -o a.jsonl.unpacked"),
        ] {
            try folder.write(magic, to: name)
            let refused = try await importing("long", name, "--map", Self.map)
            #expect(refused.status == 65 && refused.messages.hasSuffix("unpack it first: \(command)\n"), "\(refused)")
        }
        // In a folder, too, instead of a board without its rows; once unpacked, the file beside it counts alone.
        try makeFolders("results")
        try folder.write(Self.table(Self.head), to: "results/a.csv")
        try folder.write(magic, to: "results/b.csv.zst")
        let refused = try await importing("long", "results", "--map", Self.map)
        #expect(refused.status == 65 && refused.messages.contains("zstd -d results/b.csv.zst\n"), "\(refused)")
        try folder.write("prompt,model,score,cost\nnew,big,1,1\n", to: "results/b.csv")
        let read = try await importing("long", "results", "--map", Self.map)
        #expect(read.status == 0 && read.output.contains("3 samples"), "\(read)")
    }
}
