import CPlatform

/// What kind of file system a path is on, by the magic numbers of statfs(2).
struct FileSystemKind: Equatable, Sendable {
    let name: String
    /// Other machines write to it too, and locks may lie: SQLite must not live there.
    let isShared: Bool

    /// - Returns: Nil when the path cannot be asked.
    init?(ofPath path: String) {
        let magic = cplatform_filesystem_magic(path)
        guard magic != -1 else { return nil }
        self.init(magic: UInt32(truncatingIfNeeded: magic))
    }

    init(magic: UInt32) {
        if let known = FileSystemKind.known[magic] {
            (name, isShared) = known
        } else {
            (name, isShared) = ("0x" + String(magic, radix: 16), false)
        }
    }

    private static let known: [UInt32: (String, Bool)] = [
        0xEF53: ("ext4", false), 0x5846_5342: ("xfs", false), 0x9123_683E: ("btrfs", false),
        0x0102_1994: ("tmpfs", false),
        0x794C_7630: ("overlay", false), 0x2FC1_2FC1: ("zfs", false), 0xF2F5_2010: ("f2fs", false),
        0x6969: ("nfs", true), 0xFF53_4D42: ("cifs", true), 0xFE53_4D42: ("smb", true), 0x00C3_6400: ("ceph", true),
        0x0BD0_0BD0: ("lustre", true), 0x4750_4653: ("gpfs", true), 0x1983_0326: ("beegfs", true),
        0x0102_1997: ("9p", true), 0x5346_414F: ("afs", true), 0x6573_5546: ("fuse", true),
    ]
}
