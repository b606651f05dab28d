import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Rows of a board as files, and what routes by them.
@Suite(.timeLimit(.minutes(10))) struct TakeHomeTests {
    private static let grid = """
        name: take
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
        modality: [text]
        seeds: [1]
        routers:
          - {kind: oracle}
          - {kind: knn, k: 5}
          - {kind: kmeans, clusters: 4}
          - {kind: linear}
          - {kind: linearmf, rank: 3}
          - {kind: mlp, hidden: [8], epochs: 3}
          - {kind: cmr, width: 8, heads: 2, feedforward: 16, epochs: 2}
          - {kind: best-single}
          - {kind: random}
        statistics: {bootstrap: 50}
        """

    private func tool(_ folder: TemporaryFolder, _ words: String...) async throws -> CommandLineTool.Outcome {
        try await CommandLineTool.run(words, in: folder.path)
    }

    @Test func `an exported row routes the test items as its board did, in Swift and in Python`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        let run = try await tool(
            folder,
            "run",
            "grid.yaml",
            "--workers",
            "1",
            "--state",
            "state",
            "--out",
            "out",
            "--output",
            "quiet"
        )
        #expect(run.status == 0, "\(run)")
        // The test items' embeddings, in the order of the choices: that of the split.
        let text = try String(contentsOfFile: folder.path("out/records.jsonl"), encoding: .utf8)
        let records = try text.split(separator: "\n").map { try JSONValue(parsing: $0.utf8, place: "record") }
        let dataset = try Dataset.load(folder: folder.path("data"))
        var kinds: Set<String> = []
        let names = [
            "knn": "knn-k-5", "kmeans": "kmeans-clusters-4", "linearmf": "linearmf-rank-3",
            "mlp": "mlp-epochs-3-hidden-8", "cmr": "cmr-epochs-2-feedforward-16-heads-2-width-8",
        ]
        for record in records {
            let kind = record["job"]?["router"]?["kind"]?.stringValue ?? ""
            guard kind != "oracle" else { continue }
            kinds.insert(kind)
            let split = try Split(recorded: record["job"]?["split"] ?? .null)
            let rows = try split.parts(of: dataset.samples.map(\.sample)).test
            let text = try #require(dataset.text.values.first).rows(rows)
            try folder.write(SmallData.npy(text.elements, rows: rows.count), to: "test.npy")
            let exported = try await tool(
                folder,
                "export",
                "fit",
                "out#\(names[kind] ?? kind)",
                "--grid",
                "grid.yaml",
                "--out",
                "\(kind).fit"
            )
            #expect(exported.status == 0, "\(kind): \(exported)")
            let routed = try await tool(folder, "route", "--router", "\(kind).fit", "--text", "test.npy")
            #expect(routed.status == 0, "\(kind): \(routed)")
            #expect(routed.messages.isEmpty, "\(routed)")
            let found = routed.output.split(separator: "\n").dropFirst().map { String($0.split(separator: ",")[1]) }
            let point = try #require(record["result"]?["metrics"]?["accuracy"]?["at"]?.integerValue)
            let digest = try #require(record["result"]?["choices"]?["sha256"]?.stringValue)
            let blob = try Data(
                contentsOf: URL(fileURLWithPath: folder.path("out/blobs/\(digest.prefix(2))/\(digest.dropFirst(2))"))
            )
            let chosen = blob.dropFirst(point * rows.count).prefix(rows.count).map { dataset.models[Int($0)] }
            #expect(found == chosen, "\(kind)")
            if ["cmr", "best-single", "random"].contains(kind) { continue }
            #expect(Set(found).count > 1, "\(kind): one model alone shows nothing")
            let reader = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../jobs/routers/read_fit.py")
            let answer = try Self.python(reader.standardized.path, folder.path("\(kind).fit"), folder.path("test.npy"))
            #expect(answer == routed.output, "\(kind)")
        }
        #expect(kinds == ["knn", "kmeans", "linear", "linearmf", "mlp", "cmr", "best-single", "random"])
        try await refusals(folder)
    }

    /// What a Python program says on stdout; nil when it fails.
    private static func python(_ words: String...) throws -> String? {
        let (process, pipe) = (Process(), Pipe())
        // The system's, for which deploy/packages installs numpy.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = words
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let answer = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? answer : nil
    }

    private func refusals(_ folder: TemporaryFolder) async throws {
        let oracle = try await tool(folder, "export", "fit", "out#oracle", "--out", "no.fit")
        #expect(oracle.status == 65 && oracle.messages.contains("reads the outcomes"), "\(oracle)")
        try folder.write(SmallData.npy([1, 2, 3], rows: 1), to: "narrow.npy")
        let narrow = try await tool(folder, "route", "--router", "linear.fit", "--text", "narrow.npy")
        #expect(narrow.status == 65 && narrow.messages.contains("fitted on 6"), "\(narrow)")
        let fit = try Data(contentsOf: URL(fileURLWithPath: folder.path("linear.fit")))
        try folder.write([UInt8](fit.dropLast(9)), to: "cut.fit")
        let cut = try await tool(folder, "route", "--router", "cut.fit", "--text", "test.npy")
        #expect(cut.status == 65 && cut.messages.contains("cut off"), "\(cut)")
        let other = try await tool(folder, "route", "--router", "test.npy", "--text", "test.npy")
        #expect(other.status == 65 && other.messages.split(separator: "\n").count == 1, "\(other)")
        let none = try await tool(folder, "route", "--router", "linear.fit")
        #expect(none.status == 64 && none.messages.contains("--text"), "\(none)")
        let low = try await tool(folder, "route", "--router", "linear.fit", "--text", "test.npy", "--budget", "0")
        #expect(low.status == 0 && !low.output.contains(",large"), "\(low)")
    }
}
