import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// A program whose fit is kept: in the grid, and taken home.
@Suite(.timeLimit(.minutes(5))) struct KeptProgramTests {
    private static let grid = """
        name: kept
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
        modality: [text]
        routers: [{kind: best-single}, {kind: exec, command: ridge, version: "1", keep: [false, true]}]
        statistics: {bootstrap: 0}
        """

    private let folder: TemporaryFolder

    init() async throws {
        folder = try await SmallData.grid(Self.grid)
        // The system's Python, for which deploy/packages installs numpy.
        let ridge = "#!/bin/sh\nexec /usr/bin/python3 '\(CommandLineTool.package)/jobs/routers/ridge.py' \"$@\"\n"
        try folder.write(ridge, to: "ridge")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("ridge"))
    }

    private func tool(_ words: String...) async throws -> CommandLineTool.Outcome {
        try await CommandLineTool.run(words, in: folder.path)
    }

    /// The records of the program, by whether its fit is kept.
    private func records() throws -> [Bool: JSONValue] {
        let text = try String(contentsOfFile: folder.path("out/records.jsonl"), encoding: .utf8)
        let records = try text.split(separator: "\n").map { try JSONValue(parsing: $0.utf8, place: "record") }
        let own = records.compactMap { record in
            record["job"]?["router"]?["keep"]?.boolValue.map { ($0, record) }
        }
        return Dictionary(uniqueKeysWithValues: own)
    }

    @Test func `fit and predict as two calls answer as one call does, on the board and at home`() async throws {
        let run = try await tool("run", "grid.yaml", "--state", "state", "--out", "out", "--allow-exec", "ridge=ridge")
        #expect(run.status == 0, "\(run)")
        let records = try records()
        let kept = try #require(records[true])
        #expect(kept["result"] == records[false]?["result"] && records.count == 2)

        let row = "out#exec-keep-true-command-ridge-version-1"
        let denied = try await tool("export", "fit", row, "--grid", "grid.yaml", "--out", "ridge.fit")
        #expect(denied.status != 0 && denied.messages.contains("--allow-exec"), "\(denied)")
        let exported = try await tool(
            "export",
            "fit",
            row,
            "--grid",
            "grid.yaml",
            "--out",
            "ridge.fit",
            "--allow-exec",
            "ridge=ridge"
        )
        #expect(exported.status == 0, "\(exported)")

        let dataset = try Dataset.load(folder: folder.path("data"))
        let split = try Split(recorded: kept["job"]?["split"] ?? .null)
        let rows = try split.parts(of: dataset.samples.map(\.sample)).test
        let text = try #require(dataset.text.values.first).rows(rows)
        try folder.write(SmallData.npy(text.elements, rows: rows.count), to: "test.npy")
        let alone = try await tool("route", "--router", "ridge.fit", "--text", "test.npy")
        #expect(alone.status == 64 && alone.messages.contains("--allow-exec ridge=PATH"), "\(alone)")
        let routed = try await tool(
            "route",
            "--router",
            "ridge.fit",
            "--text",
            "test.npy",
            "--allow-exec",
            "ridge=ridge"
        )
        #expect(routed.status == 0, "\(routed)")
        let found = routed.output.split(separator: "\n").dropFirst().map { String($0.split(separator: ",")[1]) }
        let point = try #require(kept["result"]?["metrics"]?["accuracy"]?["at"]?.integerValue)
        let digest = try #require(kept["result"]?["choices"]?["sha256"]?.stringValue)
        let blob = try Data(
            contentsOf: URL(fileURLWithPath: folder.path("out/blobs/\(digest.prefix(2))/\(digest.dropFirst(2))"))
        )
        #expect(found == blob.dropFirst(point * rows.count).prefix(rows.count).map { dataset.models[Int($0)] })
        #expect(Set(found).count > 1, "one model alone shows nothing")

        let lost = try await tool(
            "export",
            "fit",
            "out#exec-keep-false-command-ridge-version-1",
            "--grid",
            "grid.yaml",
            "--out",
            "no.fit",
            "--allow-exec",
            "ridge=ridge"
        )
        #expect(lost.status == 65 && lost.messages.contains("`keep: true` in the grid"), "\(lost)")
    }

    @Test func `what a class keeps is what it says, or numbers and arrays`() async throws {
        let text = """
            #!/usr/bin/python3
            import sys
            sys.path.insert(0, '\(CommandLineTool.package)/jobs/routers')
            import numpy, routegrid_exec
            class Router:
                def fit(self, x, quality, cost, **more):
                    self.best, self.names = int(numpy.nanmean(quality, axis=0).argmax()), more['models']
                def predict(self, x, **more):
                    return numpy.full(len(x), self.best)
            class Own(Router):
                def save(self, path):
                    open(path, 'w').write(str(self.best))
                def load(self, path):
                    self.best = int(open(path).read())
            routegrid_exec.run(Own if sys.argv[0].endswith('own') else Router)
            """
        for name in ["own", "names"] {
            try folder.write(text + "\n", to: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path(name))
        }
        try folder.write(
            Self.grid.replacing("ridge", with: "[own, names]").replacing("[false, true]", with: "true")
                + "\nlimits: {retries: 0}\n",
            to: "grid.yaml"
        )
        let run = try await tool(
            "run",
            "grid.yaml",
            "--state",
            "state",
            "--out",
            "out",
            "--allow-exec",
            "own=own",
            "--allow-exec",
            "names=names"
        )
        #expect(run.status == 2, "\(run)")
        #expect(try records().count == 1)
        let failures = try String(contentsOfFile: folder.path("out/failures.jsonl"), encoding: .utf8)
        #expect(failures.contains("cannot keep the attribute names"), "\(failures)")
    }
}
