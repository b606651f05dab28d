import Aggregator
import Foundation
import Nightly
import RouteGridBase
import TestSupport
import Testing

/// Nights on disk: published whole, sharing what is equal, pruned, shown.
@Suite struct NightFolderTests {
    private func board(_ folder: NightFolder, _ text: String, blob: String) throws {
        let output = try OutputFolder(path: folder.board)
        let bytes = Array(blob.utf8)
        try output.store(blob: bytes, digest: Digest(hashing: bytes))
        try output.write(Array(text.utf8), to: "leaderboard.json")
        try output.write(Array("records\n".utf8), to: "records.jsonl")
        var manifest = Manifest()
        manifest.add(OutputName.blob(Digest(hashing: bytes)), Digest(hashing: bytes))
        try output.write(Array(manifest.text.utf8), to: "MANIFEST.sha256")
    }

    private func add(_ number: Int, to history: inout NightHistory, verdict: NightHistory.Verdict = .clean) {
        let id = history.nextID
        var night = NightHistory.Night(
            id: id,
            at: "2026-11-\(10 + number)T03:15:00Z",
            lock: "l",
            board: "b",
            cells: 5,
            computed: 0,
            rows: [
                NightHistory.Row(
                    row: "d/knn",
                    name: "d · knn <b>",
                    metric: "nauc_shared",
                    value: 0.5 + 0.01 * Double(number),
                    low: 0.4,
                    high: 0.7
                )
            ]
        )
        night.verdict = verdict
        night.text = "Night <script>\(number)</script>"
        night.classes = ["changed": 1]
        history.nights.append(night)
    }

    private func inode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int)
    }

    @Test func `equal files of two nights are one file, and nights are pruned but for the reference`() throws {
        let temporary = try TemporaryFolder()
        let folder = try NightFolder(path: temporary.path("nights"))
        var history = NightHistory(name: "g", alpha: 0.05)
        for number in 1...4 {
            try board(folder, "board \(number)", blob: "blob \(number)")
            add(number, to: &history)
            try folder.add(
                "000\(number)",
                changes: [("changes.md", [0x61])],
                earlier: number > 1 ? "000\(number - 1)" : nil
            )
            if number == 1 { try history.accept("0001", at: "2026-11-11T03:15:00Z") }
            try folder.write(history)
        }
        #expect(
            try inode(folder.night("0001") + "/records.jsonl") == inode(folder.night("0004") + "/records.jsonl")
        )
        #expect(
            try inode(folder.night("0001") + "/leaderboard.json") != inode(folder.night("0004") + "/leaderboard.json")
        )
        let blob = OutputName.blob(Digest(hashing: Array("blob 2".utf8)))
        #expect(FileManager.default.fileExists(atPath: "\(folder.night("0002"))/\(blob)"))
        #expect(try folder.prune(history, keeping: 1) == ["0002", "0003"])
        #expect(folder.kept == ["0001", "0004"])
        #expect(!FileManager.default.fileExists(atPath: "\(folder.board)/\(blob)"))
        for number in [1, 4] {
            let kept = OutputName.blob(Digest(hashing: Array("blob \(number)".utf8)))
            #expect(FileManager.default.fileExists(atPath: "\(folder.night("0001"))/\(kept)"))
        }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/latest") == "nights/0004")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/reference") == "nights/0001")
        #expect(try NightHistory.read(in: folder.path) == history)
    }

    @Test func `pages show hostile names as text, and the feed tells what was not clean`() throws {
        var history = NightHistory(name: "g <i>", alpha: 0.05)
        for number in 1...3 { add(number, to: &history, verdict: number == 2 ? .regressed : .clean) }
        try history.accept("0001", at: "2026-11-11T03:15:00Z")
        history.nights[2].reference = "0001"
        history.nights[1].reference = "0001"
        let pages = NightPages(history, kept: ["0001", "0003"])
        let (index, feed) = (String(decoding: pages.index, as: UTF8.self), String(decoding: pages.feed, as: UTF8.self))
        for page in [index, feed] {
            #expect(!page.contains("<script>"))
            #expect(!page.contains("<b>") || page == index && !page.contains("knn <b>"))
            #expect(page.contains("&lt;i&gt;"))
        }
        #expect(index.contains("0002 (pruned)"))
        #expect(index.contains("<svg class=\"spark\""))
        #expect(feed.contains("Night 0002: regressed"))
        #expect(!feed.contains("Night 0003"))
    }

    @Test func `a folder of somebody else is refused, and one that is in use too`() throws {
        let temporary = try TemporaryFolder()
        try temporary.write("mine", to: "index.html")
        let foreign = #expect(throws: RouteGridError.self) { try NightFolder(path: temporary.path) }
        #expect(foreign?.code == .usage)
        let folder = try NightFolder(path: temporary.path("nights"))
        let second = #expect(throws: RouteGridError.self) { try NightFolder(path: folder.path) }
        #expect(second?.code == .temporary)
    }

    @Test func `a person accepts nights that there are and that were complete`() throws {
        var history = NightHistory(name: "g", alpha: 0.05)
        add(1, to: &history)
        add(2, to: &history, verdict: .incomplete)
        #expect(throws: RouteGridError.self) { try history.accept("0002", at: "") }
        #expect(throws: RouteGridError.self) { try history.accept("0009", at: "") }
        try history.accept("0001", at: "")
        #expect(history.reference == "0001")
        // Whole, but what no router moves has moved: it may be there to stay.
        history.nights[1].look = 1
        try history.accept("0002", at: "")
        #expect(history.reference == "0002")
    }
}
