import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Long files by a map: what imports, and what the message for the others says.
struct LongImporterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func imported(
        _ files: [String],
        _ map: String,
        values: String = "number",
        joinsByText: Bool = false,
        change: (inout LongForm) -> Void = { _ in }
    ) throws -> (dataset: Dataset, report: ValidationReport) {
        var form = LongForm()
        try form.map(map)
        form.values = try ScoreForm(parsing: values)
        change(&form)
        return try LongImporter(
            files: files,
            form: form,
            joinsByText: joinsByText,
            labels: ImportLabels(name: "mine")
        ).read()
    }

    private static let map = "query=prompt,model=llm,score=grade,cost=usd"
    private static let table = "prompt,llm,grade,usd\nq1,a,1,0.5\nq1,b,0,0.25\nq2,a,0.5,1\n"

    private func quality(_ dataset: Dataset) -> [Double?] { dataset.quality.elements.map { $0.isNaN ? nil : $0 } }

    @Test func `commas, tabs, semicolons, gzip, a byte order mark and an index of pandas read the same`() throws {
        let indexed = Self.table.split(separator: "\n").enumerated().map { row, line in
            "\(row == 0 ? "" : String(row - 1)),\(line)"
        }
        let forms = [
            try folder.write(Self.table, to: "c.csv"),
            try folder.write(Self.table.replacing(",", with: "\t"), to: "t.tsv"),
            try folder.write(Self.table.replacing(",", with: ";"), to: "s.csv"),
            try folder.write("\u{FEFF}" + Self.table.replacing("\n", with: "\r\n"), to: "m.csv"),
            try folder.write(indexed.joined(separator: "\n") + "\n", to: "i.csv"), Fixtures.golden("long.csv.gz"),
        ]
        for path in forms {
            let (dataset, _) = try imported([path], Self.map)
            #expect(dataset.models == ["a", "b"] && quality(dataset) == [1, 0, 0.5, nil], "\(path)")
            #expect(dataset.cost?.elements.prefix(3) == [0.5, 0.25, 1], "\(path)")
            #expect(dataset.samples.map(\.question) == ["q1", "q2"] && dataset.samples.map(\.sample.id) == ["1", "2"])
        }
    }

    @Test func `JSON lines, a list and nested members read the same`() throws {
        let rows = [
            #"{"p":{"text":"q1"},"m":"a","s":{"acc":1},"c":0.5}"#,
            #"{"p":{"text":"q1"},"m":"b","s":{"acc":0},"c":0.25}"#,
            #"{"p":{"text":"q2"},"m":"a","s":{"acc":"0.5"},"c":1}"#,
        ]
        let forms = [
            try folder.write(rows.joined(separator: "\n"), to: "a.jsonl"),
            try folder.write("[\(rows.joined(separator: ",\n"))]", to: "a.json"),
        ]
        for path in forms {
            let (dataset, _) = try imported([path], "query=p.text,model=m,score=s.acc,cost=c")
            #expect(quality(dataset) == [1, 0, 0.5, nil] && dataset.costUnit == "USD", "\(path)")
        }
    }

    @Test func `files, folders and patterns join by text, models by the file's name`() throws {
        try FileManager.default.createDirectory(atPath: folder.path("r"), withIntermediateDirectories: true)
        try folder.write("prompt,grade,usd\nq1,1,0.5\nq2,0.5,1\n", to: "r/a.csv")
        try folder.write("prompt,grade,usd\nq1,0,0.25\n", to: "r/b.csv")
        for files in [[folder.path("r")], [folder.path("r/*.csv")], [folder.path("r/a.csv"), folder.path("r/b.csv")]] {
            let (dataset, _) = try imported(files, "query=prompt,model=@file,score=grade,cost=usd")
            #expect(dataset.models == ["a", "b"] && quality(dataset) == [1, 0, 0.5, nil])
        }
    }

    @Test func `a score outside 0…1 is never guessed`() throws {
        let path = try folder.write("prompt,llm,grade\nq1,a,1\nq2,a,83\n", to: "s.csv")
        let found = message { _ = try imported([path], "query=prompt,model=llm,score=grade") }
        #expect(
            found
                == "\(path):3: column \"grade\": expected a score 0…1, found 83; --scale 100 divides scores by 100"
        )
        let (dataset, _) = try imported([path], "query=prompt,model=llm,score=grade") { $0.scale = 100 }
        #expect(quality(dataset) == [0.01, 0.83])
    }

    @Test func `texts are scores only when that is said`() throws {
        let path = try folder.write("prompt,llm,grade\nq1,a,True\nq2,a,false\nq3,a,1\n", to: "s.csv")
        let map = "query=prompt,model=llm,score=grade"
        #expect(message { _ = try imported([path], map) }.contains("found \"True\"; --values bool reads true as 1"))
        #expect(try quality(imported([path], map, values: "bool").dataset) == [1, 0, 1])
        let grades = try folder.write("prompt,llm,grade\nq1,a,C\nq2,a,I\nq3,a,P\nq4,a,N\n", to: "g.csv")
        #expect(message { _ = try imported([grades], map, values: "bool") }.contains("cipn for C, I, P, N"))
        #expect(try quality(imported([grades], map, values: "cipn").dataset) == [1, 0, 0.5, 0])
        #expect(try quality(imported([grades], map, values: "C=1,I=0,P=0.3,N=0.1").dataset) == [1, 0, 0.3, 0.1])
        let truth = try folder.write("{\"prompt\":\"q\",\"llm\":\"a\",\"grade\":true}\n", to: "t.jsonl")
        #expect(message { _ = try imported([truth], map) }.contains("--values bool"))
    }

    @Test func `trials keep mean, count and spread; repeats without them are refused`() throws {
        let path = try folder.write("q,m,s,c,run\nx,a,1,1,1\nx,a,0,3,2\nx,a,0.5,2,3\ny,a,1,1,1\n", to: "t.csv")
        let map = "query=q,model=m,score=s,cost=c"
        let refused = message { _ = try imported([path], map) }
        #expect(refused.contains("t.csv:3: the query \"x\" with model \"a\" occurs twice"))
        let (dataset, _) = try imported([path], map + ",trial=run")
        #expect(quality(dataset) == [0.5, 1] && dataset.cost?.elements == [2, 1])
        #expect(dataset.trials?.elements == [3, 1])
        #expect(dataset.qualitySD?[0, 0] == 0.5 && dataset.qualitySD?[1, 0].isNaN == true)
        let twice = try folder.write("q,m,s,run\nx,a,1,1\nx,a,0,1\n", to: "u.csv")
        #expect(message { _ = try imported([twice], "query=q,model=m,score=s,trial=run") }.contains("trial 1 of"))
        #expect(try quality(imported([path], map) { $0.repeats = .first }.dataset) == [1, 1])
        #expect(try quality(imported([path], map) { $0.repeats = .trials }.dataset) == [0.5, 1])
    }

    @Test func `trials and latencies are written, read and in no digest`() throws {
        let path = try folder.write("q,m,s,c,t\nx,a,1,1,0.5\nx,a,0,3,0.75\n", to: "t.csv")
        let (dataset, _) = try imported([path], "query=q,model=m,score=s,cost=c,latency=t") { $0.repeats = .trials }
        try dataset.write(to: folder.path("data"))
        let read = try Dataset.load(folder: folder.path("data"))
        #expect(read == dataset && read.latency?.elements == [0.625] && read.trials?.elements == [2])
        var bare = dataset
        (bare.latency, bare.trials, bare.qualitySD) = (nil, nil, nil)
        #expect(bare.contentDigest == dataset.contentDigest && bare != dataset)
    }

    @Test func `an id joins rows, and its texts must agree`() throws {
        let path = try folder.write("n,q,m,s,c\n7,x,a,1,1\n7,x,b,0,1\n8,x,a,0,2\n", to: "i.csv")
        let map = "id=n,query=q,model=m,score=s,cost=c"
        let (dataset, report) = try imported([path], map)
        #expect(dataset.samples.map(\.sample.id) == ["7", "8"] && quality(dataset) == [1, 0, 0, nil])
        #expect(report.repeatedQuestions == 1)
        let other = try folder.write("n,q,m,s,c\n7,x,a,1,1\n7,y,b,0,1\n", to: "j.csv")
        let refused = message { _ = try imported([other], map) }
        #expect(refused.contains("j.csv:3: id \"7\" has two queries: \"x\" and \"y\""))
        #expect(try imported([other], map, joinsByText: true).dataset.samples.map(\.question) == ["x", "y"])
    }

    @Test func `groups, datasets and images come along`() throws {
        let path = try folder.write("q,m,s,c,d,g,i\nx,a,1,1,math,t1,x.png\ny,a,1,1,law,t1,\n", to: "g.csv")
        let (dataset, _) = try imported([path], "query=q,model=m,score=s,cost=c,dataset=d,group=g,image=i")
        #expect(dataset.samples.map(\.sample.dataset) == ["math", "law"] && dataset.groups == "group")
        #expect(dataset.samples.map(\.sample.group) == ["t1", "t1"] && dataset.samples[0].image == "x.png")
    }

    @Test func `the report says what routing can gain`() throws {
        let path = try folder.write("q,m,s,c\nx,a,1,1\nx,b,0,2\ny,a,0,1\ny,b,1,2\nz,a,1,1\nz,b,1,2\n", to: "r.csv")
        let (_, report) = try imported([path], "query=q,model=m,score=s,cost=c")
        #expect(report.bestSingle?.name == "a" && report.oracleAccuracy == 1)
        #expect(report.text.contains("best single: a 0.6667; oracle: 1.0000: routing can gain at most 0.3333\n"))
        #expect(report.json["best_single"]?["name"]?.stringValue == "a")
        #expect(report.warnings.contains("one cost on every sample: a 1, b 2"))
    }

    @Test func `wrong maps and tables say what was expected`() throws {
        let path = try folder.write(Self.table, to: "w.csv")
        func refusal(_ map: String) -> String { message { _ = try imported([path], map) } }
        #expect(
            refusal("query=prompt,model=llm,score=grad")
                == "\(path):1: no column \"grad\" (score); did you mean \"grade\"?"
        )
        #expect(refusal("query=prompt,model=llm") == "--map: score=COLUMN is needed")
        #expect(refusal("model=llm,score=grade") == "--map: query=COLUMN or id=COLUMN is needed")
        #expect(refusal("prompt=prompt,model=llm").contains("--map: unknown field \"prompt\""))
        let wrong = try folder.write(
            "prompt,llm,grade,usd\nq1,a,1,-1\nq1,,1,1\n,b,1,1\nq3,b,x,1\nq4,b,1\n",
            to: "x.csv"
        )
        do {
            _ = try imported([wrong], Self.map)
            Issue.record("no error was thrown")
        } catch let error as RouteGridError {
            #expect(
                error.lines.map { $0.replacing(folder.path + "/", with: "") } == [
                    "x.csv:2: column \"usd\": expected 0, or 1e-18 to 1e+18, found -1",
                    "x.csv:3: field \"llm\": expected a model's name, found none",
                    "x.csv:4: field \"prompt\": expected an id or a query, found none",
                    "x.csv:5: column \"grade\": expected a score 0…1, found \"x\"; --values says what texts mean: cipn for C, "
                        + "I, P, N of Inspect, or a list such as pass=1,fail=0",
                    "x.csv:6: expected 4 fields, found 3",
                ]
            )
        }
        let rows = [#"{"prompt":"q","llm":"a","grade":0.5}"#, #"{"prompt":"r","llm":"a","grade":NaN}"#]
        let lines = try folder.write(rows.joined(separator: "\n"), to: "n.jsonl")
        let found = message { _ = try imported([lines], "query=prompt,model=llm,score=grade") }
        #expect(found.contains("n.jsonl:2: not JSON at byte"))
        #expect(found.contains("write null where a value is missing: cat "))
    }

    @Test func `files that are not read name the command that converts them`() throws {
        let cases: [(String, [UInt8], String)] = [
            (
                "f.parquet", Array("PAR1....".utf8),
                "duckdb.sql(\\\"COPY 'F/f.parquet' TO 'F/f.jsonl' (FORMAT json)\\\")"
            ),
            ("f.pkl", [0x80, 4, 0x95], "pandas.read_pickle(\"F/f.pkl\"), then x.to_csv(\"F/f.csv\", index=False)"),
            ("f.jsonl.zst", [0x28, 0xb5, 0x2f, 0xfd], "zstd -d F/f.jsonl.zst"),
            ("f.csv", [0xff, 0xfe, 0x61, 0], "iconv -f UTF-16 -t UTF-8 F/f.csv > F/f.csv.utf8"),
        ]
        for (name, bytes, expected) in cases {
            let path = try folder.write(bytes, to: name)
            let found = message { _ = try imported([path], Self.map) }
            #expect(found.contains(expected.replacing("F/", with: folder.path + "/")), "\(found)")
        }
        let torch = message { _ = try imported([Fixtures.golden("torch.pt")], Self.map) }
        #expect(torch.contains("torch.load(") && torch.contains("numpy.save("), "\(torch)")
        let log = message { _ = try imported([Fixtures.golden("log.eval")], Self.map) }
        #expect(log.contains("inspect log dump"), "\(log)")
    }
}
