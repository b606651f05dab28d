import Foundation

/// A folder whose contents are trusted because nobody else can change them: the state of a coordinator, cached data.
package enum PrivateFolder {
    /// Makes a missing folder with mode 0700; refuses one that another user could have filled.
    ///
    /// A folder of one's own that others can write is closed to them while it is empty, and refused once it holds
    /// something. A symbolic link is followed when it is one's own or root's: in a folder such as `/tmp` others can set
    /// one up.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - what: such as `state folder`.
    ///   - option: what chooses another one, such as `--state`.
    /// - Throws: `usage` for a folder that is not one's own alone, `temporary` on a full disk, `system` when it cannot
    ///   be made or looked at.
    package static func make(_ path: String, what: String, option: String) throws(RouteGridError) {
        let bare = withoutSlashes(path)
        func refuse(_ why: String) -> RouteGridError { RouteGridError(.usage, "\(path): the \(what) \(why)") }
        try makeMissing(bare, what: what)
        var link = stat()
        guard lstat(bare, &link) == 0 else { throw failure(path, what) }
        guard link.st_mode & S_IFMT != S_IFLNK || [geteuid(), 0].contains(link.st_uid) else {
            throw refuse("is a symbolic link of \(user(link.st_uid)); choose another with \(option)")
        }
        var found = stat()
        guard stat(bare, &found) == 0 else { throw failure(path, what) }
        guard found.st_mode & S_IFMT == S_IFDIR else { throw refuse("is no folder; choose another with \(option)") }
        guard found.st_uid == geteuid() else {
            throw refuse(
                "belongs to \(user(found.st_uid)), who can change what is in it; choose another with \(option), or run as its owner"
            )
        }
        guard found.st_mode & 0o022 != 0 else { return }
        let isEmpty = (try? FileManager.default.contentsOfDirectory(atPath: bare))?.isEmpty ?? false
        guard isEmpty, chmod(bare, 0o700) == 0 else {
            let mode = String(found.st_mode & 0o7777, radix: 8)
            throw refuse(
                "can be changed by other users (mode \(mode)); if you trust what is in it, `chmod go-w \(path)`, "
                    + "or choose another with \(option)"
            )
        }
    }

    private static func makeMissing(_ path: String, what: String) throws(RouteGridError) {
        var found = stat()
        if lstat(path, &found) == 0 { return }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        do {
            if !parent.isEmpty {
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            }
        } catch {
            let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
            throw RouteGridError(
                isFull ? .temporary : .system,
                "\(path): the \(what) cannot be made: \(error.localizedDescription)"
            )
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path, what) }
    }

    private static func failure(_ path: String, _ what: String) -> RouteGridError {
        let number = errno
        return RouteGridError(
            .writing(number),
            "\(path): the \(what) cannot be made or read: \(String(cString: strerror(number)))"
        )
    }

    /// A slash at the end would follow a link.
    private static func withoutSlashes(_ path: String) -> String {
        var bare = path
        while bare.count > 1, bare.hasSuffix("/") { bare.removeLast() }
        return bare
    }

    /// A user in words: `user nobody (65534)`.
    private static func user(_ id: uid_t) -> String {
        guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "user \(id)" }
        return "user \(String(cString: name)) (\(id))"
    }
}
