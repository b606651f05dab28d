import Foundation
import RouteGridBase
import TestSupport
import Testing

/// `routegrid keys`, as people use it.
@Suite(.timeLimit(.minutes(2))) struct KeysVerbTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func keys(_ arguments: String...) async throws -> CommandLineTool.Outcome {
        try await CommandLineTool.run(["keys"] + arguments, in: folder.path)
    }

    /// `routegrid keys accept FILE` with a file as its standard input.
    private func accept(_ file: String, from input: String) async throws -> CommandLineTool.Outcome {
        let command = "exec '\(CommandLineTool.path)' keys accept '\(file)' < '\(input)'"
        let running = try RunningCommand(["-c", command], program: "/bin/sh", in: folder.path)
        let status = await running.ended()
        return CommandLineTool.Outcome(status: status, output: running.output, messages: running.messages)
    }

    @Test func `a key goes from its coordinator to its holder in one line, and ends`() async throws {
        let early = try await keys("invite", "w1", "--role", "worker", "--state", "state")
        #expect(early.status == 77 && early.lines.count == 1, "\(early)")
        #expect(early.messages.contains("routegrid keys init --state state"))
        #expect(try await keys("init", "--state", "state").status == 0)
        let again = try await keys("init", "--state", "state")
        #expect(again.status == 0 && again.output.hasPrefix("coordinator  "))

        let invited = try await keys(
            "invite",
            "w1",
            "--role",
            "worker",
            "--connect",
            "tcp://h:7557",
            "--state",
            "state"
        )
        #expect(invited.status == 0 && invited.output.split(separator: "\n").count == 1, "\(invited)")
        #expect(invited.output.hasPrefix("routegrid-invite-1-"))
        #expect(invited.messages.contains("routegrid keys accept, then"))
        try folder.write(invited.output, to: "line.txt")
        let accepted = try await accept("w1.key", from: "line.txt")
        #expect(accepted.status == 0 && accepted.output.hasPrefix("w1.key: worker key w1\n"), "\(accepted)")
        var found = stat()
        #expect(stat(folder.path("w1.key"), &found) == 0 && found.st_mode & 0o7777 == 0o600)
        #expect(try await accept("w1.key", from: "line.txt").status == 64)

        let list = try await keys("list", "--state", "state")
        #expect(list.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(list)")
        let fingerprint = try #require(list.output.split(separator: "\n").last?.dropFirst(23).prefix(19))
        #expect(accepted.output.contains(fingerprint), "\(list)\n\(accepted)")

        let revoked = try await keys("revoke", String(fingerprint), "--state", "state")
        #expect(revoked.status == 0 && revoked.output.hasPrefix("w1  worker  "), "\(revoked)")
        let json = try await keys("list", "--state", "state", "--output", "json")
        let document = try JSONValue(parsing: json.output, place: "list")
        #expect(document["keys"]?.arrayValue?.count == 1)
        #expect(document["keys"]?.arrayValue?.first?["revoked"]?.stringValue != nil)
        #expect(try await keys("revoke", "w2", "--state", "state").status == 65)
    }

    @Test func `no secret is an argument, and none is printed but the invite`() async throws {
        #expect(try await keys("init", "--state", "state").status == 0)
        let invited = try await keys("invite", "a", "--role", "client", "--state", "state", "--quiet")
        #expect(invited.messages.isEmpty)
        let line = invited.output.trimmingCharacters(in: .newlines)
        let refused = try await keys("accept", line)
        #expect(refused.status == 64 && !refused.messages.contains(line.suffix(100)), "\(refused)")
        let added = try await keys("add", "b", "--role", "reader", "--out", "b.key", "--state", "state")
        #expect(added.status == 0, "\(added)")
        let file = try String(contentsOfFile: folder.path("b.key"), encoding: .utf8)
        let secret = try #require(file.split(separator: "\n").last?.split(separator: " ", maxSplits: 1).last)
        #expect(secret.count == 40)
        for outcome in [
            added, try await keys("list", "--state", "state"),
            try await keys("list", "--state", "state", "--output", "json"),
            try await keys("rotate", "a", "--state", "state", "--output", "json"),
        ] {
            #expect(outcome.status == 0 && !outcome.output.contains(secret) && !outcome.messages.contains(secret))
        }
    }

    @Test func `wrong words end with 64, refused files with 77, wrong lines with 65`() async throws {
        #expect(try await keys("init", "--state", "state").status == 0)
        for words in [
            ["invite", "../x", "--role", "worker"], ["invite", "x", "--role", "king"], ["invite", "x"],
            ["invite", "x", "--role", "worker", "--connect", "nowhere"], ["add", "x", "--role", "worker"],
            ["add", "x", "--role", "worker", "--public-key", "short"],
        ] {
            let outcome = try await CommandLineTool.run(["keys"] + words + ["--state", "state"], in: folder.path)
            #expect(outcome.status == 64, "\(words): \(outcome)")
        }
        try folder.write("nonsense\n", to: "line.txt")
        let wrong = try await accept("x.key", from: "line.txt")
        #expect(wrong.status == 65 && wrong.lines.count == 1 && !wrong.messages.contains("nonsense"), "\(wrong)")
        #expect(chmod(folder.path("state/keys/server.key"), 0o644) == 0)
        let open = try await keys("list", "--state", "state")
        #expect(open.status == 77 && open.messages.contains("server.key: other users can read it"), "\(open)")
    }
}
