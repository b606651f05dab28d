import Foundation
import RouteGridBase
import Testing

/// The commands in the sources beside those that the program has: a verb that no list names would be dead code.
@Suite(.timeLimit(.minutes(2))) struct CommandListTests {
    /// A command of the program.
    private struct Command {
        let words: [String]
        let isShown: Bool
        let discussion: String
    }

    /// Every command that the program can reach, from the form of its help for programs.
    private func commands() async throws -> [Command] {
        let outcome = try await CommandLineTool.run("--experimental-dump-help")
        let root = try JSONValue(parsing: outcome.output.utf8, place: "help")["command"]
        func below(_ command: JSONValue?, _ words: [String]) -> [Command] {
            (command?["subcommands"]?.arrayValue ?? []).flatMap { inner -> [Command] in
                let path = words + [inner["commandName"]?.stringValue ?? ""]
                let discussion = inner["discussion"]?.stringValue ?? ""
                return [
                    Command(
                        words: path,
                        isShown: inner["shouldDisplay"]?.boolValue ?? true,
                        discussion: discussion
                    )
                ] + below(inner, path)
            }
        }
        return below(root, ["routegrid"]).filter { $0.words.last != "help" }
    }

    @Test func `every command of the sources is listed by its group or its parent`() async throws {
        let sources = URL(fileURLWithPath: CommandLineTool.package).appendingPathComponent("Sources/routegrid")
        let enumerator = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let files = enumerator.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        var unlisted: [String: [String]] = [:]
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /commandName: "([^"]+)"/) {
                unlisted[String(match.1), default: []].append(file.lastPathComponent)
            }
        }
        unlisted["routegrid"] = nil
        #expect(unlisted.count > 50)
        // Commands may share a name, such as `run` and `nightly run`: one file is left when one of them is not listed.
        for command in try await commands() { _ = unlisted[command.words.last ?? ""]?.popLast() }
        for (name, files) in unlisted where !files.isEmpty {
            Issue.record("\(name), of \(files.joined(separator: " or ")), is in no list of subcommands")
        }
    }

    @Test func `the help of every verb that is shown has an example of it`() async throws {
        let verbs = try await commands().filter { $0.isShown && $0.words.count == 2 }
        #expect(verbs.count > 30)
        for verb in verbs {
            let name = verb.words.joined(separator: " ")
            #expect(verb.discussion.contains("Example") && verb.discussion.contains(name), "\(name)")
        }
    }
}
