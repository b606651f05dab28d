import Aggregator
import Foundation
import RouteGridBase
import TestSupport
import Testing

@Suite struct AggregationTests {
    /// Some routers on two datasets, with blobs.
    static let records: [RecordFixture] = (0..<12).map { number in
        var record = RecordFixture.knn(Int64(number % 6 + 1), shared: Double(number) / 16)
        record.dataset = number < 6 ? "alpha" : "beta"
        record.choices = [UInt8(number), 1, 2, 3]
        return record
    }

    private func published(_ sources: [String], to folder: String) throws -> [String: Data] {
        let aggregation = try Aggregation(sources.map { try RecordSource(path: $0) })
        _ = try aggregation.publish(to: OutputFolder(path: folder))
        return try contents(of: folder)
    }

    private func contents(of folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for case let name as String in try #require(FileManager.default.enumerator(atPath: folder)) {
            if let data = FileManager.default.contents(atPath: folder + "/" + name) { files[name] = data }
        }
        return files
    }

    @Test func `the bytes do not depend on the order or the number of the files`() throws {
        let folder = try TemporaryFolder()
        try RecordFixture.write(Self.records, to: folder.path("one/records.jsonl"))
        let expected = try published([folder.path("one")], to: folder.path("out-one"))
        #expect(expected.count == 11 + Self.records.count)
        var generator = Xoshiro256(seed: Digest(hashing: Array("orders".utf8)))
        for round in 0..<8 {
            let shuffled = Self.records.shuffled(using: &generator)
            let cut = Int.random(in: 0...shuffled.count, using: &generator)
            // The halves overlap: equal records are merged.
            try RecordFixture.write(Array(shuffled[..<cut]), to: folder.path("\(round)/a.jsonl"))
            try RecordFixture.write(Array(shuffled[max(0, cut - 3)...]), to: folder.path("\(round)/b/records.jsonl"))
            let out = try published(
                [folder.path("\(round)/b"), folder.path("\(round)/a.jsonl")],
                to: folder.path("out-\(round)")
            )
            #expect(out == expected, "round \(round), cut at \(cut)")
        }
    }

    @Test func `equal records are counted and different ones stop everything`() throws {
        let folder = try TemporaryFolder()
        try RecordFixture.write(Self.records + Self.records.prefix(4), to: folder.path("records.jsonl"))
        let aggregation = try Aggregation([RecordSource(path: folder.path("records.jsonl"))])
        #expect(aggregation.records.repeatedCount == 4)
        #expect(aggregation.records.count == Self.records.count)

        var other = Self.records[3]
        other.metrics["accuracy"] = ["v": 0.125]
        try RecordFixture.write([other], to: folder.path("other.jsonl"))
        let error = #expect(throws: RouteGridError.self) {
            _ = try Aggregation([
                RecordSource(path: folder.path("records.jsonl")), RecordSource(path: folder.path("other.jsonl")),
            ])
        }
        #expect(error?.code.exitCode == 4)
        #expect(error?.message.contains(other.jobKey.hex) == true)
        #expect(error?.message.contains("other.jsonl:1") == true)
    }

    @Test func `the manifest names every hashed file and no facts of the run`() throws {
        let folder = try TemporaryFolder()
        try RecordFixture.write(Self.records, to: folder.path("in/records.jsonl"))
        try "{\"job_key\":\"b\"}\n{\"job_key\":\"a\"}\n".write(
            toFile: folder.path("in/runs.jsonl"),
            atomically: false,
            encoding: .utf8
        )
        let out = try published([folder.path("in")], to: folder.path("out"))
        #expect(out["runs.jsonl"] == Data("{\"job_key\":\"a\"}\n{\"job_key\":\"b\"}\n".utf8))
        let manifest = String(decoding: try #require(out["MANIFEST.sha256"]), as: UTF8.self)
        var names: [String] = []
        for line in manifest.split(separator: "\n") {
            let parts = line.components(separatedBy: "  ")
            names.append(parts[1])
            #expect(Digest(hashing: try #require(out[parts[1]])).hex == parts[0])
        }
        #expect(names == names.sorted())
        let hashed = out.keys.filter { $0 != "MANIFEST.sha256" && $0 != "runs.jsonl" }
        #expect(Set(names) == Set(hashed))
    }

    @Test func `a record that is not one is refused with its file and line`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("records.jsonl")
        let good = Self.records[0].line
        for (bad, expected) in [
            (String(good.dropLast(20)), ":2: not JSON"),
            (good.replacing("record/v1", with: "record/v9"), ":2: schema: expected routegrid/record/v1"),
            (good.replacing("\"accuracy\":0.5", with: "\"accuracy\":0.25"), ":2: "),
        ] {
            try "\(good)\n\(bad)\n".write(toFile: path, atomically: false, encoding: .utf8)
            let error = #expect(throws: RouteGridError.self) { _ = try Aggregation([RecordSource(path: path)]) }
            #expect(error?.code == .badInput)
            #expect(error?.message.contains("records.jsonl" + expected) == true, "\(error?.message ?? "")")
        }
        #expect(throws: RouteGridError.self) { _ = try RecordSource(path: folder.path("absent")) }
    }

    @Test func `modes and numerics classes do not mix on a board`() throws {
        let folder = try TemporaryFolder()
        var other = Self.records[0]
        other.numerics = "test/2"
        try RecordFixture.write([Self.records[1], other], to: folder.path("records.jsonl"))
        let source = try RecordSource(path: folder.path("records.jsonl"))
        let error = #expect(throws: RouteGridError.self) { _ = try Aggregation([source]) }
        #expect(error?.message.contains("test/1 and test/2") == true)
        let chosen = try Aggregation([source], filter: Aggregation.Filter(numerics: "test/2"))
        #expect(chosen.board.rows.map(\.jobKeys) == [[other.jobKey]])
    }

    @Test func `files of other modules stand in the folder and in the manifest`() throws {
        let folder = try TemporaryFolder()
        try RecordFixture.write(Self.records, to: folder.path("in/records.jsonl"))
        let aggregation = try Aggregation([RecordSource(path: folder.path("in"))])
        let page = BoardPageFile(name: OutputName.report) { Array("\($0.board.recordCount) records".utf8) }
        let published = try aggregation.publish(to: OutputFolder(path: folder.path("out")), pages: [page])
        let bytes = Array("\(Self.records.count) records".utf8)
        #expect(published.files.contains("report.html"))
        #expect(FileManager.default.contents(atPath: folder.path("out/report.html")) == Data(bytes))
        let manifest = try String(contentsOfFile: folder.path("out/MANIFEST.sha256"), encoding: .utf8)
        #expect(manifest.contains("\(Digest(hashing: bytes).hex)  report.html\n"))
        #expect(OutputName.published.contains("report.html") && OutputName.published.contains("frontier.svg"))
    }

    @Test func `a choices blob that no input has is reported, and a false one is refused`() throws {
        let folder = try TemporaryFolder()
        try RecordFixture.write(Self.records, to: folder.path("in/records.jsonl"))
        try FileManager.default.removeItem(atPath: folder.path("in/blobs"))
        let aggregation = try Aggregation([RecordSource(path: folder.path("in"))])
        let found = try aggregation.publish(to: OutputFolder(path: folder.path("out")))
        #expect(found.missingBlobs.count == Self.records.count)

        let digest = try #require(found.missingBlobs.first)
        try FileManager.default.createDirectory(
            atPath: folder.path("in/blobs/\(digest.hex.prefix(2))"),
            withIntermediateDirectories: true
        )
        try Data([9]).write(to: URL(fileURLWithPath: folder.path("in/" + OutputName.blob(digest))))
        let error = #expect(throws: RouteGridError.self) {
            _ = try aggregation.publish(to: OutputFolder(path: folder.path("out")))
        }
        #expect(error?.code == .checkFailed)
    }
}
