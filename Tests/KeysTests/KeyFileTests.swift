import Foundation
import Keys
import RouteGridBase
import TestSupport
import Testing
import ZeroMQ

@Suite struct KeyFileTests {
    let folder: TemporaryFolder
    let file: KeyFile

    init() throws {
        folder = try TemporaryFolder()
        file = KeyFile(
            secret: try .generate(),
            holder: .peer(
                name: try KeyName("w1"),
                role: .worker,
                server: try SecretKey.generate().publicKey,
                address: "tcp://grid.example.org:7557"
            )
        )
    }

    private func mode(_ path: String) throws -> mode_t {
        var found = stat()
        try #require(lstat(path, &found) == 0)
        return found.st_mode & 0o7777
    }

    @Test func `a file has mode 0600 and reads back`() throws {
        let path = folder.path("w1.key")
        try file.write(to: path)
        #expect(try mode(path) == 0o600)
        let back = try KeyFile(path: path)
        #expect(back == file)
        #expect(back.secret.withBytes { Array($0) } == file.secret.withBytes { Array($0) })
        #expect(try back.security() == file.security())
        #expect(try folder.names() == ["w1.key"])
    }

    @Test func `the mode is the same whatever the umask`() async {
        // In a process of its own: a umask is of all threads.
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            for mask in [0o000, 0o077, 0o377] as [mode_t] {
                umask(mask)
                let path = folder.path("\(mask).key")
                try KeyFile(secret: .generate(), holder: .coordinator).write(to: path)
                var found = stat()
                precondition(lstat(path, &found) == 0 && found.st_mode & 0o7777 == 0o600)
            }
        }
    }

    @Test func `a coordinator's file reads back, and connects to nobody`() throws {
        let own = KeyFile(secret: file.secret, holder: .coordinator)
        try own.write(to: folder.path("server.key"))
        #expect(try KeyFile(path: folder.path("server.key")) == own)
        #expect(throws: RouteGridError.self) { try own.security() }
    }

    @Test func `an existing file is not replaced`() throws {
        let path = try folder.write("thesis", to: "w1.key")
        let error = #expect(throws: RouteGridError.self) { try file.write(to: path) }
        #expect(error?.code == .usage && error?.message.contains(path) == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "thesis")
        #expect(try folder.names() == ["w1.key"])
    }

    @Test(arguments: [0o604, 0o640, 0o644, 0o660, 0o666, 0o777])
    func `a file that others can read is refused by name`(mode: Int) throws {
        let path = folder.path("w1.key")
        try file.write(to: path)
        #expect(chmod(path, mode_t(mode)) == 0)
        let error = #expect(throws: RouteGridError.self) { try KeyFile(path: path) }
        #expect(error?.code == .refused && error?.code.exitCode == 77)
        #expect(error?.message.contains("\(path): other users can read it (mode \(String(mode, radix: 8)))") == true)
    }

    @Test func `a file of another user is refused`() throws {
        let path = folder.path("w1.key")
        try file.write(to: path)
        // Only root can give a file away.
        guard geteuid() == 0 else { return }
        #expect(chown(path, 65534, 65534) == 0)
        let error = #expect(throws: RouteGridError.self) { try KeyFile(path: path) }
        #expect(error?.code == .refused && error?.message.contains("belongs to user 65534") == true)
    }

    @Test func `a service reads what root handed out to it, and nothing that more may read`() async throws {
        // In a process of its own that becomes another user, which only root can.
        guard geteuid() == 0 else { return }
        await #expect(processExitsWith: .success) { [folder = folder.path as String] in
            let modes: [(mode: mode_t, isTaken: Bool)] = [(0o440, true), (0o640, true), (0o444, false), (0o460, false)]
            for (mode, _) in modes {
                let path = "\(folder)/\(mode)"
                try KeyFile(secret: .generate(), holder: .coordinator).write(to: path)
                precondition(chown(path, 0, 65534) == 0 && chmod(path, mode) == 0)
            }
            precondition(setgroups(0, nil) == 0 && setgid(65534) == 0 && setuid(65534) == 0)
            for (mode, isTaken) in modes {
                precondition(((try? KeyFile(path: "\(folder)/\(mode)")) != nil) == isTaken, "mode \(mode)")
            }
        }
    }

    @Test(arguments: ["link", "dangling", "folder", "fifo", "none", "no folder"])
    func `what is no file is refused and not waited for`(kind: String) throws {
        var path = folder.path("w1.key")
        switch kind {
        case "link":
            try file.write(to: folder.path("real.key"))
            #expect(symlink(folder.path("real.key"), path) == 0)
        case "dangling": #expect(symlink(folder.path("nothing"), path) == 0)
        case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        case "fifo": #expect(mkfifo(path, 0o600) == 0)
        case "no folder": path = folder.path("nowhere/w1.key")
        default: break
        }
        let error = #expect(throws: RouteGridError.self) { try KeyFile(path: path) }
        #expect(
            error?.message.contains(kind == "no folder" ? folder.path("nowhere") : path) == true,
            "\(error?.message ?? "")"
        )
        if kind == "link" || kind == "dangling" {
            #expect(error?.message.contains("symbolic link") == true)
            #expect(throws: RouteGridError.self) { try file.write(to: path) }
            #expect(!FileManager.default.fileExists(atPath: folder.path("nothing")))
        }
    }

    /// Lines of a right file, with one changed.
    private func changed(_ place: Int?, _ line: String) -> String {
        let secret = file.secret.withZ85 { String(decoding: $0, as: UTF8.self) }
        var lines = [
            "# a comment", "format: routegrid/secret-key/1", "role: worker", "name: w1",
            "server-key: \(file.secret.publicKey.z85)", "connect: tcp://h:1", "secret-key: \(secret)",
        ]
        if let place { lines[place] = line } else { lines.append(line) }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test(
        arguments: [
            (1, "format: routegrid/secret-key/2", ":2: field \"format\""), (1, "", "field \"format\" is missing"),
            (2, "role: king", ":3: field \"role\": expected coordinator, worker, client, admin, reader or joiner"),
            (2, "role: coordinator", ":4: field \"name\" is not known here"), (3, "name: ../x", ":4: field \"name\""),
            (3, "name: ", ":4: field \"name\""), (4, "server-key: short", ":5: field \"server-key\""),
            (5, "connect: http://x", ":6: field \"connect\""), (5, "name: w2", ":6: field \"name\" stands twice"),
            (6, "secret-key: 0123", ":7: field \"secret-key\": expected a key of 40 characters"),
            (6, "", "field \"secret-key\" is missing"), (0, "nonsense", ":1: expected a line such as"),
            (0, ": w", ":1: expected a line such as"), (0, "na me: w", ":1: expected a line such as"),
            (0, "\u{1B}[2J", ":1: expected printable ASCII only"), (0, "name: é", ":1: expected printable ASCII only"),
            (0, "name: a\u{0}b", ":1: expected printable ASCII only"),
            (nil, "extra: 1", ":8: field \"extra\" is not known"),
            (nil, String(repeating: "# long\n", count: 1000), "a key's file"),
        ] as [(Int?, String, String)]
    )
    func `a file that is not understood says file, line and field, and no secret`(
        place: Int?,
        line: String,
        words: String
    ) throws {
        let path = try folder.write(changed(place, line), to: "w1.key")
        #expect(chmod(path, 0o600) == 0)
        let error = #expect(throws: RouteGridError.self) { try KeyFile(path: path) }
        #expect(error?.code == .badInput)
        #expect(
            error?.message.hasPrefix(path) == true && error?.message.contains(words) == true,
            "\(error?.message ?? "")"
        )
        file.secret.withZ85 { secret in
            #expect(error?.message.contains(String(decoding: secret, as: UTF8.self)) == false)
        }
    }

    @Test func `random changes of a file never end the process`() throws {
        let right = Array(changed(5, "connect: tcp://h:1").utf8)
        var random = Xoshiro256(seed: Digest(hashing: "key files".utf8))
        let path = folder.path("w1.key")
        for _ in 0..<500 {
            var bytes = right
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            try folder.write(bytes, to: "w1.key")
            #expect(chmod(path, 0o600) == 0)
            do { _ = try KeyFile(path: path) } catch { #expect(error.code == .badInput, "\(error)") }
        }
    }
}
