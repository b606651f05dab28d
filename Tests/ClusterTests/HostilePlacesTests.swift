import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Text and paths of others, as the command meets them.
@Suite(.timeLimit(.minutes(3))) struct HostilePlacesTests {
    @Test func `a name that would drive a terminal does nothing in logs, tables and documents`() async throws {
        let folder = try TemporaryFolder()
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let name = "\u{1B}[2J\u{9B}31mred\nrun changed state=finished\u{202E}\u{7}"
        let worker = try RunningCommand(
            ["worker", "--connect", coordinator.url, "--slots", "1", "--name", name],
            in: folder.path
        )
        defer { worker.send(SIGKILL) }
        var status = ""
        for _ in 0..<200 where !status.contains("red") {
            status = try await CommandLineTool.run("status", "--connect", coordinator.url).output
        }
        let document = try await CommandLineTool.run("status", "--connect", coordinator.url, "--output", "json").output
        #expect(document.contains("red"))
        for (place, text) in [("table", status), ("document", document), ("log", coordinator.process.messages)] {
            let bad = text.unicodeScalars.filter { $0 != "\n" && SafeText.isHidden($0) }
            #expect(bad.isEmpty, "\(place): \(bad.map(\.value))")
            #expect(!text.contains("\nrun changed"), "\(place) has a line that nobody wrote")
        }
        #expect(await coordinator.stop() == 143)
    }

    @Test func `state and socket are their user's alone, whatever the umask`() async throws {
        let folder = try TemporaryFolder()
        let coordinator = try await ClusterTests.Coordinator(in: folder, bind: "ipc://\(folder.path("c"))")
        for name in ["state", "state/records.sqlite", "state/lock", "state/blobs", "c"] {
            var found = stat()
            #expect(lstat(folder.path(name), &found) == 0 && found.st_mode & 0o077 == 0, "\(name)")
        }
        #expect(await coordinator.stop() == 143)
    }

    @Test(arguments: [
        ("127.0.0.1:7557", "the scheme is missing"), ("", "the scheme is missing"),
        ("ipc://notes.txt", "notes.txt is a file"),
    ])
    func `an address that cannot be right is refused with 64 and nothing is deleted`(
        bind: String,
        says: String
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", to: "notes.txt")
        let outcome = try await CommandLineTool.run(
            ["coordinator", "--bind", bind, "--state", "state"],
            in: folder.path
        )
        #expect(outcome.status == 64 && outcome.messages.contains(says), "\(outcome)")
        #expect(FileManager.default.contents(atPath: folder.path("notes.txt")) == Data("mine".utf8))
    }

    @Test(arguments: [["coordinator", "--bind", "tcp://127.0.0.1:*", "--state"], ["worker", "--cache"]])
    func `a folder that others can change is refused with 64 and the way out`(words: [String]) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("open"), withIntermediateDirectories: false)
        try folder.write("x", to: "open/something")
        #expect(chmod(folder.path("open"), 0o777) == 0)
        let outcome = try await CommandLineTool.run(words + ["open"], in: folder.path)
        #expect(outcome.status == 64 && outcome.messages.contains("chmod go-w"), "\(outcome)")
    }
}
