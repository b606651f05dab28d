import CPlatform

/// What kind of file system a path is on, by the magic numbers of statfs(2).
///
/// The numbers are those of Linux' `magic.h`, and of file systems that live outside its tree.
package struct FileSystemKind: Equatable, Sendable {
    package let name: String
    /// Other machines may write to it too, and locks and syncs may not hold: SQLite must not be on it.
    package let isShared: Bool

    /// - Returns: Nil when statfs(2) fails.
    package init?(ofPath path: String) {
        let magic = cplatform_filesystem_magic(path)
        guard magic != -1 else { return nil }
        // The field is a signed 32-bit number on some machines.
        self.init(magic: UInt32(truncatingIfNeeded: magic))
    }

    package init(magic: UInt32) {
        if let name = Self.shared[magic] {
            (self.name, isShared) = (name, true)
        } else {
            (name, isShared) = (Self.local[magic] ?? "0x" + String(magic, radix: 16), false)
        }
    }

    private static let local: [UInt32: String] = [
        0xEF53: "ext4", 0x5846_5342: "xfs", 0x9123_683E: "btrfs", 0x0102_1994: "tmpfs", 0x8584_58F6: "ramfs",
        0x794C_7630: "overlay", 0x2FC1_2FC1: "zfs", 0xF2F5_2010: "f2fs", 0xCA45_1A4E: "bcachefs", 0x3434: "nilfs",
        0x5265_4973: "reiserfs", 0x3153_464A: "jfs", 0x6175_6673: "aufs", 0xF15F: "ecryptfs", 0x4D44: "vfat",
        0x2011_BAB0: "exfat", 0x5346_544E: "ntfs",
    ]

    /// Network and cluster file systems, what a host shares with its virtual machines, and all of FUSE: sshfs,
    /// GlusterFS, s3fs and virtiofs have its number, and cannot be distinguished from local ones.
    private static let shared: [UInt32: String] = [
        0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2", 0x564C: "NCP",
        0x5346_414F: "AFS", 0x6B41_4653: "AFS", 0x7375_7245: "Coda", 0x00C3_6400: "Ceph",
        0x0BD0_0BD0: "Lustre", 0x4750_4653: "GPFS", 0x1983_0326: "BeeGFS", 0xAAD7_AAEA: "PanFS",
        0x2003_0528: "OrangeFS", 0x0131_11A8: "IBRIX", 0xBEEF_DEAD: "StorNext", 0x0116_1970: "GFS2",
        0x7461_636F: "OCFS2", 0x6163_6673: "ACFS",
        0x6573_5546: "FUSE", 0x0102_1997: "9P", 0x786F_4256: "vboxsf", 0xBACB_ACBC: "vmhgfs", 0x7C7C_6673: "prl_fs",
        0x00C0_FFEE: "hostfs",
    ]
}
