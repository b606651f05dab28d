import Coordinator
import Testing

struct FileSystemKindTests {
    @Test(
        arguments: [
            (0x6969, "NFS"), (0x517B, "SMB"), (0xFF53_4D42, "CIFS"), (0xFE53_4D42, "SMB2"), (0x564C, "NCP"),
            (0x5346_414F, "AFS"), (0x6B41_4653, "AFS"), (0x7375_7245, "Coda"), (0x00C3_6400, "Ceph"),
            (0x0BD0_0BD0, "Lustre"), (0x4750_4653, "GPFS"), (0x1983_0326, "BeeGFS"), (0xAAD7_AAEA, "PanFS"),
            (0x2003_0528, "OrangeFS"), (0x0116_1970, "GFS2"), (0x7461_636F, "OCFS2"), (0x6573_5546, "FUSE"),
            (0x0102_1997, "9P"), (0x786F_4256, "vboxsf"),
        ] as [(UInt32, String)]
    )
    func `file systems that other machines may write to are known by their numbers`(magic: UInt32, name: String) {
        let kind = FileSystemKind(magic: magic)
        #expect(kind.name == name && kind.isShared)
    }

    @Test(
        arguments: [
            (0xEF53, "ext4"), (0x0102_1994, "tmpfs"), (0x5846_5342, "xfs"), (0x9123_683E, "btrfs"),
            (0x794C_7630, "overlay"), (0x2FC1_2FC1, "zfs"), (0xF2F5_2010, "f2fs"), (0xCA45_1A4E, "bcachefs"),
            (0x1234_5678, "0x12345678"),
        ] as [(UInt32, String)]
    )
    func `local file systems, and unknown ones, are accepted`(magic: UInt32, name: String) {
        let kind = FileSystemKind(magic: magic)
        #expect(kind.name == name && !kind.isShared)
    }

    @Test func `the file system of a path is found`() {
        #expect(FileSystemKind(ofPath: "/proc")?.name == "0x9fa0")
        #expect(FileSystemKind(ofPath: "/no/such/place") == nil)
    }
}
