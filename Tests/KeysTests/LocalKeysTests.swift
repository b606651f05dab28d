import Foundation
import Keys
import RouteGridBase
import TestSupport
import Testing
import ZeroMQ

@Suite struct LocalKeysTests {
    let folder: TemporaryFolder
    let files: [Role: KeyFile]
    let environment: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        let state = folder.path("state")
        try KeyRing.initialise(state: state, isForOthers: false)
        files = [
            .worker: try KeyRing.localKey(.worker, address: "tcp://127.0.0.1:7557", state: state),
            .admin: try KeyRing.localKey(.admin, address: "tcp://127.0.0.1:7557", state: state),
        ]
        let (runtime, temporary) = (folder.path("run"), folder.path("tmp"))
        for path in [runtime, temporary] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        environment = ["XDG_RUNTIME_DIR": runtime, "TMPDIR": temporary]
    }

    private func address(_ text: String = "tcp://127.0.0.1:7557") throws -> ZMQAddress { try ZMQAddress(text) }

    @Test(arguments: [
        ("tcp://127.0.0.1:7557", "tcp://localhost:7557"), ("ipc:///tmp/x/coordinator", "ipc:///tmp/x/coordinator"),
        ("tcp://[::1]:7557", "tcp://[::1]:7557"),
    ])
    func `what a coordinator leaves is found by its address, in folders of mode 0700`(left: String, asked: String)
        throws
    {
        let local = try LocalKeys(leaving: files, for: address(left), environment: environment)
        #expect(local.path.hasPrefix(folder.path("run/routegrid/")))
        for path in [local.path, folder.path("run/routegrid")] {
            var found = stat()
            #expect(lstat(path, &found) == 0 && found.st_mode & 0o7777 == 0o700)
        }
        #expect(try LocalKeys.find(.worker, for: address(asked), environment: environment) == files[.worker])
        #expect(try LocalKeys.find(.admin, for: address(asked), environment: environment) == files[.admin])
        #expect(try LocalKeys.find(.reader, for: address(asked), environment: environment) == nil)
        #expect(try LocalKeys.find(.worker, for: address("tcp://127.0.0.1:7558"), environment: environment) == nil)
        local.remove(files.values)
        #expect(try LocalKeys.find(.worker, for: address(asked), environment: environment) == nil)
        #expect(!FileManager.default.fileExists(atPath: local.path))
    }

    @Test func `without a runtime folder the temporary one is used, and looked into by those who have one`() throws {
        let local = try LocalKeys(leaving: files, for: address(), environment: ["TMPDIR": folder.path("tmp")])
        #expect(local.path == folder.path("tmp/routegrid-keys-\(geteuid())/7557"))
        #expect(try LocalKeys.find(.worker, for: address(), environment: environment) == files[.worker])
    }

    @Test func `another coordinator's keys take the place of those before, and stay when the old one ends`() throws {
        let old = try LocalKeys(leaving: files, for: address(), environment: environment)
        let worker = try #require(files[.worker])
        let other = KeyFile(secret: try .generate(), holder: worker.holder)
        _ = try LocalKeys(leaving: [.worker: other], for: address(), environment: environment)
        #expect(try LocalKeys.find(.worker, for: address(), environment: environment) == other)
        #expect(try LocalKeys.find(.admin, for: address(), environment: environment) == nil)
        old.remove(files.values)
        #expect(try LocalKeys.find(.worker, for: address(), environment: environment) == other)
    }

    @Test(arguments: ["tcp://0.0.0.0:7557", "tcp://grid.example.org:7557", "tcp://127.0.0.1:*", "inproc://x"])
    func `addresses of others have no local keys`(text: String) throws {
        #expect(try LocalKeys.find(.worker, for: address(text), environment: environment) == nil)
        #expect(throws: RouteGridError.self) {
            try LocalKeys(leaving: files, for: address(text), environment: environment)
        }
    }

    @Test(arguments: ["link", "inner link", "mode", "owner", "file", "key file link", "key file mode"])
    func `what another user could have set up there is refused, and nothing is written through it`(kind: String) throws
    {
        let base = folder.path("run/routegrid")
        let elsewhere = folder.path("elsewhere")
        try FileManager.default.createDirectory(
            atPath: elsewhere,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        func make(_ path: String, _ mode: mode_t) { #expect(mkdir(path, mode) == 0 && chmod(path, mode) == 0) }
        switch kind {
        case "link": #expect(symlink(elsewhere, base) == 0)
        case "inner link":
            make(base, 0o700)
            #expect(symlink(elsewhere, base + "/7557") == 0)
        case "mode": make(base, 0o755)
        case "owner":
            guard geteuid() == 0 else { return }
            make(base, 0o700)
            #expect(chown(base, 65534, 65534) == 0)
        case "file": #expect(FileManager.default.createFile(atPath: base, contents: nil))
        default:
            _ = try LocalKeys(leaving: files, for: address(), environment: environment)
            let file = base + "/7557/worker.key"
            if kind == "key file mode" {
                #expect(chmod(file, 0o644) == 0)
            } else {
                #expect(rename(file, elsewhere + "/worker.key") == 0)
                #expect(symlink(elsewhere + "/worker.key", file) == 0)
            }
        }
        let found = #expect(throws: RouteGridError.self) {
            try LocalKeys.find(.worker, for: address(), environment: environment)
        }
        #expect(found?.code == .refused, "\(found?.message ?? "")")
        guard !kind.hasPrefix("key file") else {
            // A new coordinator replaces the files themselves.
            _ = try LocalKeys(leaving: files, for: address(), environment: environment)
            #expect(try LocalKeys.find(.worker, for: address(), environment: environment) == files[.worker])
            return
        }
        #expect(throws: RouteGridError.self) {
            try LocalKeys(leaving: files, for: address(), environment: environment)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).isEmpty)
    }
}
