import Foundation
import Keys
import RouteGridBase
import TestSupport
import Testing
import ZeroMQ

@Suite struct KeyRingTests {
    let folder: TemporaryFolder
    let state: String

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path("state")
    }

    private func name(_ text: String) throws -> KeyName { try KeyName(text) }
    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: state + "/keys").sorted() }
    }

    @Test func `a state folder without keys says how to make them, with 77`() throws {
        for isThere in [false, true] {
            if isThere { try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true) }
            #expect(try KeyRing(existing: state) == nil)
            for use in [
                { _ = try KeyRing(state: state) }, { _ = try KeyRing.revoke("x", state: state) },
                { _ = try KeyRing.invite(try name("w"), role: .worker, state: state) },
                { _ = try KeyRingWatch(state: state) },
            ] as [() throws -> Void] {
                let error = #expect(throws: RouteGridError.self) { try use() }
                #expect(error?.code.exitCode == 77)
                #expect(error?.message.contains("routegrid keys init --state \(state)") == true)
            }
        }
    }

    @Test func `making keys twice keeps them, and a coordinator's own are not for others`() throws {
        let first = try KeyRing.initialise(state: state, isForOthers: false)
        #expect(!first.isInitialised && first.keys.isEmpty)
        let second = try KeyRing.initialise(state: state)
        #expect(second.isInitialised && second.server.publicKey == first.server.publicKey)
        let third = try KeyRing.initialise(state: state, isForOthers: false)
        #expect(third.isInitialised && third.server.publicKey == first.server.publicKey)
        for path in [state, state + "/keys"] {
            var found = stat()
            #expect(stat(path, &found) == 0 && found.st_mode & 0o7777 == 0o700)
        }
    }

    @Test func `keys are added, found, revoked and rotated, and all of it is on disk`() throws {
        try KeyRing.initialise(state: state)
        let invite = try KeyRing.invite(name("w1"), role: .worker, address: "tcp://h:1", state: state)
        let other = try SecretKey.generate().publicKey
        try KeyRing.add(name("boss"), role: .admin, publicKey: other, state: state)
        let ring = try KeyRing(state: state)
        #expect(ring.keys.map(\.name.text) == ["boss", "w1"] && ring.keys.map(\.role) == [.admin, .worker])
        #expect(ring.allowList.count == 2)
        let user = try #require(ring.allowList.userID(of: invite.secret.publicKey))
        #expect(ring.role(userID: user) == .worker && ring.key(userID: user)?.name.text == "w1")
        #expect(ring.role(userID: nil) == nil && ring.role(userID: "") == nil && ring.role(userID: "w1") == nil)
        #expect(invite.server == ring.server.publicKey)

        let rotated = try KeyRing.rotate("w1", state: state)
        let after = try KeyRing(state: state)
        #expect(after.keys.count == 3 && after.allowList.count == 2)
        #expect(after.role(userID: user) == nil && after.key(userID: user)?.isAllowed == false)
        let new = try #require(after.key(userID: rotated.secret.publicKey.fingerprint.hex))
        #expect(new.name.text == "w1" && new.predecessor == invite.secret.publicKey)
        #expect(after.lineage(of: new).map(\.publicKey) == [rotated.secret.publicKey, invite.secret.publicKey])

        let kept = try KeyRing.rotate("w1", keepsOld: true, state: state)
        #expect(try KeyRing(state: state).allowList.count == 3)
        let ambiguous = #expect(throws: RouteGridError.self) { try KeyRing.rotate("w1", state: state) }
        #expect(ambiguous?.message.contains("2 keys have this name") == true)
        #expect(try KeyRing.revoke(new.fingerprint.description, state: state).map(\.publicKey) == [new.publicKey])
        #expect(try KeyRing.revoke("w1", state: state).map(\.publicKey) == [kept.secret.publicKey])
        #expect(try KeyRing.revoke("w1", state: state).isEmpty)
        #expect(try KeyRing(state: state).allowList == AllowList([other: other.fingerprint.hex]))
        let gone = #expect(throws: RouteGridError.self) { try KeyRing.rotate("w1", state: state) }
        #expect(gone?.message.contains("is revoked") == true)
    }

    @Test func `names in use, keys that are there and the coordinator's own are refused`() throws {
        let server = try KeyRing.initialise(state: state).server.publicKey
        let key = try SecretKey.generate().publicKey
        try KeyRing.add(name("a"), role: .worker, publicKey: key, state: state)
        func refusal(_ text: String, _ key: PublicKey) -> String? {
            let error = #expect(throws: RouteGridError.self) {
                try KeyRing.add(name(text), role: .client, publicKey: key, state: state)
            }
            return error?.message
        }
        #expect(refusal("a", try SecretKey.generate().publicKey)?.contains("has this name already") == true)
        #expect(refusal("b", key)?.contains("holds this key already, as a") == true)
        #expect(refusal("b", server)?.contains("the coordinator's own key") == true)
        try KeyRing.revoke("a", state: state)
        #expect(refusal("b", key)?.contains("a revoked key stays so") == true)
        // The name is free again, and the old file stays.
        try KeyRing.add(name("a"), role: .worker, publicKey: SecretKey.generate().publicKey, state: state)
        #expect(try KeyRing(state: state).keys.count == 2)
        let unknown = #expect(throws: RouteGridError.self) { try KeyRing.revoke("aa", state: state) }
        #expect(unknown?.code == .badInput && unknown?.message.contains("did you mean \"a\"?") == true)
    }

    @Test func `a file that cannot be read is named with line and field, all of them at once`() throws {
        try KeyRing.initialise(state: state)
        for text in ["a", "b", "c"] { _ = try KeyRing.invite(name(text), role: .worker, state: state) }
        let all = try files.filter { $0.hasSuffix(".pub") }
        func edit(_ file: String, _ old: String, _ new: String) throws {
            let path = "\(state)/keys/\(file)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing(old, with: new).write(toFile: path, atomically: false, encoding: .utf8)
        }
        try edit(all[0], "role: worker", "role: king")
        try edit(all[1], "created: 2", "created: 9999999")
        let error = #expect(throws: RouteGridError.self) { try KeyRing(state: state) }
        #expect(error?.lines.count == 2)
        #expect(error?.lines[0] == "\(state)/keys/\(all[0]):3: field \"role\": expected \(Role.list)")
        #expect(error?.lines[1].hasPrefix("\(state)/keys/\(all[1]):6: field \"created\": expected a time") == true)
        // Nothing is changed while the ring cannot be read.
        #expect(throws: RouteGridError.self) { try KeyRing.revoke("c", state: state) }
        try edit(all[0], "role: king", "role: admin")
        try edit(all[1], "created: 9999999", "created: 2")
        #expect(try KeyRing(state: state).keys.map(\.role) == [.admin, .worker, .worker])
    }

    @Test func `a copied file, a doubled key and the server's key as another's are refused`() throws {
        try KeyRing.initialise(state: state)
        _ = try KeyRing.invite(name("a"), role: .worker, state: state)
        let file = try #require(try files.first { $0.hasSuffix(".pub") })
        let copy = "\(state)/keys/b\(file.dropFirst())"
        try FileManager.default.copyItem(atPath: "\(state)/keys/\(file)", toPath: copy)
        let copied = #expect(throws: RouteGridError.self) { try KeyRing(state: state) }
        #expect(copied?.message.contains("holds the key that belongs into \(file)") == true)
        let text = try String(contentsOfFile: copy, encoding: .utf8)
        try text.replacing("name: a", with: "name: b").write(toFile: copy, atomically: false, encoding: .utf8)
        let doubled = #expect(throws: RouteGridError.self) { try KeyRing(state: state) }
        #expect(doubled?.message.contains("another file holds it too") == true)
    }

    @Test(arguments: ["mode", "owner", "link", "file"]) func `a folder of keys that others reach is refused`(
        kind: String
    ) throws {
        try KeyRing.initialise(state: state)
        let keys = state + "/keys"
        switch kind {
        case "mode": #expect(chmod(keys, 0o750) == 0)
        case "owner":
            guard geteuid() == 0 else { return }
            #expect(chown(keys, 65534, 65534) == 0)
        case "link":
            #expect(rename(keys, state + "/elsewhere") == 0)
            #expect(symlink(state + "/elsewhere", keys) == 0)
        default:
            #expect(rename(keys, state + "/elsewhere") == 0)
            #expect(FileManager.default.createFile(atPath: keys, contents: nil))
        }
        for use in [
            { _ = try KeyRing(state: state) }, { try KeyRing.initialise(state: state) },
            { _ = try KeyRing.invite(try name("w"), role: .worker, state: state) },
        ] as [() throws -> Void] {
            let error = #expect(throws: RouteGridError.self) { try use() }
            #expect(error?.code == .refused && error?.message.hasPrefix("\(keys): ") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a secret key that others can read is refused`() throws {
        try KeyRing.initialise(state: state)
        #expect(chmod(state + "/keys/server.key", 0o644) == 0)
        let error = #expect(throws: RouteGridError.self) { try KeyRing(state: state) }
        #expect(error?.code == .refused && error?.message.contains("server.key: other users can read it") == true)
    }

    @Test func `changes of several threads at once are all there`() throws {
        try KeyRing.initialise(state: state)
        let state = state
        let failures = LockedBox<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 24) { place in
            do {
                _ = try KeyRing.invite(try KeyName("w\(place)"), role: .worker, state: state)
                if place % 3 == 0 { try KeyRing.revoke("w\(place)", state: state) }
                if place % 3 == 1 { _ = try KeyRing.rotate("w\(place)", state: state) }
                // The same name for two: one of them must lose.
                do { _ = try KeyRing.invite(try KeyName("shared"), role: .client, state: state) } catch {}
            } catch { failures.withLock { $0.append("\(error)") } }
        }
        #expect(failures.withLock { $0 } == [])
        let ring = try KeyRing(state: state)
        #expect(ring.keys.count == 24 + 8 + 1)
        #expect(ring.allowList.count == 16 + 1)
        #expect(try files.allSatisfy { !$0.hasPrefix(".") || $0 == ".lock" })
    }

    @Test func `local keys stay the same over restarts until they are revoked`() throws {
        try KeyRing.initialise(state: state, isForOthers: false)
        let first = try KeyRing.localKey(.worker, address: "tcp://127.0.0.1:1", state: state)
        let second = try KeyRing.localKey(.worker, address: "tcp://127.0.0.1:2", state: state)
        #expect(first.secret == second.secret && first != second)
        #expect(try KeyRing.localKey(.admin, address: nil, state: state).secret != first.secret)
        #expect(try KeyRing(state: state).keys.map(\.name.text) == ["local-admin", "local-worker"])
        try KeyRing.revoke("local-worker", state: state)
        #expect(try KeyRing.localKey(.worker, address: nil, state: state).secret != first.secret)
        #expect(try KeyRing(state: state).allowList.count == 2)
    }

    @Test func `a watch sees each change of other processes, and keeps the ring when it cannot be read`() throws {
        try KeyRing.initialise(state: state)
        var watch = try KeyRingWatch(state: state)
        #expect(try !watch.poll())
        for round in 0..<20 {
            _ = try KeyRing.invite(name("w\(round)"), role: .worker, state: state)
            #expect(try watch.poll())
            #expect(watch.ring.keys.count == round + 1)
            #expect(try !watch.poll())
        }
        try KeyRing.revoke("w3", state: state)
        #expect(try watch.poll() && watch.ring.allowList.count == 19)
        let bad = "\(state)/keys/x.pub"
        #expect(FileManager.default.createFile(atPath: bad, contents: Data("?".utf8)))
        #expect(throws: RouteGridError.self) { try watch.poll() }
        #expect(throws: RouteGridError.self) { try watch.poll() }
        #expect(watch.ring.allowList.count == 19)
        #expect(unlink(bad) == 0)
        _ = try watch.poll()
        #expect(watch.ring.allowList.count == 19)
    }

    @Test func `free names are free`() throws {
        try KeyRing.initialise(state: state)
        for expected in ["worker-1", "worker-2", "worker-3"] {
            let free = try KeyRing(state: state).freeName(.worker)
            #expect(free.text == expected)
            _ = try KeyRing.invite(free, role: .worker, state: state)
        }
        try KeyRing.revoke("worker-2", state: state)
        #expect(try KeyRing(state: state).freeName(.worker).text == "worker-4")
    }
}
