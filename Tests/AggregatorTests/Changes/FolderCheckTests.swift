import Aggregator
import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Folders that are whole, and folders that somebody touched.
@Suite struct FolderCheckTests {
    private func published() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let records = try VerdictTests.records(
            VerdictTests.table(300) { [Double($0 % 2), Double($0 % 3 == 0 ? 1 : 0)] }
        ) {
            $0 % 2
        }
        try records.write(to: folder.path("in"))
        _ = try Aggregation([RecordSource(path: folder.path("in"))]).publish(to: OutputFolder(path: folder.path("out")))
        return folder
    }

    private func findings(_ folder: TemporaryFolder) throws -> [String] {
        var check = try FolderCheck(path: folder.path("out"))
        check.checkManifest()
        try check.checkBoards(pages: [])
        return check.findings
    }

    @Test func `a published folder is whole`() throws {
        let folder = try published()
        #expect(try findings(folder) == [])
    }

    @Test func `a byte of a board, a record or a blob is found`() throws {
        for name in ["leaderboard.csv", "records.jsonl", "blob"] {
            let folder = try published()
            var path = folder.path("out/\(name)")
            if name == "blob" {
                let blobs =
                    FileManager.default.enumerator(atPath: folder.path("out/blobs"))?.allObjects as? [String] ?? []
                path = folder.path("out/blobs/\(try #require(blobs.sorted().first { $0.contains("/") }))")
            }
            var bytes = Array(try #require(FileManager.default.contents(atPath: path)))
            // The last digit of a record stands in its result.
            let place = try #require(
                bytes.lastIndex { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "8") } ?? bytes.indices.last
            )
            bytes[place] += 1
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let found = try findings(folder)
            #expect(found.contains { $0.contains("its bytes hash to") }, "\(name): \(found)")
            #expect(found.count >= (name == "records.jsonl" ? 2 : 1), "\(name): \(found)")
        }
    }

    @Test func `a board that its records do not make is found though its manifest fits`() throws {
        let folder = try published()
        let output = try OutputFolder(path: folder.path("out"))
        let text = String(
            decoding: try #require(FileManager.default.contents(atPath: output.place("leaderboard.md"))),
            as: UTF8.self
        )
        let forged = Array(text.replacing("Leaderboard", with: "Leaderbaord").utf8)
        try output.write(forged, to: "leaderboard.md")
        let manifest = String(
            decoding: try #require(FileManager.default.contents(atPath: output.place("MANIFEST.sha256"))),
            as: UTF8.self
        )
        let lines = manifest.split(separator: "\n").map { line in
            line.hasSuffix("  leaderboard.md") ? "\(Digest(hashing: forged).hex)  leaderboard.md" : String(line)
        }
        try output.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "MANIFEST.sha256")
        let found = try findings(folder)
        #expect(found.count == 1)
        #expect(found.first?.contains("leaderboard.md: made again from the records") == true)
    }
}
