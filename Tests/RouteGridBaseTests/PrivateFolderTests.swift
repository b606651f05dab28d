import Foundation
import RouteGridBase
import Testing

struct PrivateFolderTests {
    private let base = "\(FileManager.default.temporaryDirectory.path)/rg-private-\(UInt64.random(in: 0...UInt64.max))"

    private func make(_ path: String) throws(RouteGridError) {
        try PrivateFolder.make(path, what: "state folder", option: "--state")
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test func `a missing folder is made for its user alone, whatever the umask`() throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        try make("\(base)/a/state/")
        #expect(mode("\(base)/a/state") == 0o700)
        try make("\(base)/a/state")
    }

    @Test(arguments: [0o777, 0o770, 0o1777, 0o722] as [mode_t])
    func `a folder that others can change is closed while it is empty and refused once it is not`(
        found: mode_t
    ) throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        #expect(chmod(base, found) == 0)
        try make(base)
        #expect(mode(base) == 0o700)
        #expect(FileManager.default.createFile(atPath: "\(base)/records.sqlite", contents: nil))
        #expect(chmod(base, found) == 0)
        let error = #expect(throws: RouteGridError.self) { try make(base) }
        #expect(error?.code == .usage && error?.message.contains("chmod go-w \(base)") == true)
        #expect(chmod(base, 0o755) == 0)
        try make(base)
        #expect(mode(base) == 0o755, "what others may read only is left as it is")
    }

    @Test func `a file in the way is named, and one's own link is followed`() throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        try FileManager.default.createDirectory(atPath: "\(base)/real", withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: "\(base)/file", contents: nil))
        let error = #expect(throws: RouteGridError.self) { try make("\(base)/file") }
        #expect(error?.message.contains("is no folder") == true)
        #expect(symlink("\(base)/real", "\(base)/link") == 0)
        try make("\(base)/link/")
    }

    @Test(.enabled(if: geteuid() == 0, "only root can make folders of others"))
    func `a folder or a link of another user is refused by that user's name`() throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        try FileManager.default.createDirectory(atPath: "\(base)/theirs", withIntermediateDirectories: true)
        #expect(chown("\(base)/theirs", 65_534, 65_534) == 0)
        let folder = #expect(throws: RouteGridError.self) { try make("\(base)/theirs") }
        #expect(folder?.code == .usage && folder?.message.contains("(65534)") == true, "\(folder?.message ?? "")")
        try FileManager.default.createDirectory(atPath: "\(base)/mine", withIntermediateDirectories: true)
        #expect(symlink("\(base)/mine", "\(base)/link") == 0 && lchown("\(base)/link", 65_534, 65_534) == 0)
        let link = #expect(throws: RouteGridError.self) { try make("\(base)/link/") }
        #expect(link?.message.contains("is a symbolic link of user") == true, "\(link?.message ?? "")")
    }
}
