package import RouteGridBase

/// A `.npz` file: a ZIP archive of `.npy` arrays, stored or deflated.
package struct NumpyArchive: Sendable {
    /// What a ZIP archive with members begins with.
    static let signature = ZipArchive.signature
    /// The largest compressed array, unpacked, in bytes (1 GiB): a few megabytes may unpack to a thousand times as
    /// many.
    package static let unpackedLimit = 1 << 30

    private let archive: ZipArchive
    private let place: String
    /// Members by the names of their arrays.
    private let members: [String: ZipArchive.Member]

    /// The names of the arrays, sorted.
    package var names: [String] { members.keys.sorted() }

    /// Reads the directory of an archive.
    ///
    /// - Throws: `badInput` when the bytes are not a whole ZIP archive.
    package init(bytes: [UInt8], place: String) throws(RouteGridError) {
        self.place = place
        try PickleFile.refuse(bytes, place: place)
        archive = try ZipArchive(bytes: bytes, place: place, expected: "a .npz file: expected what numpy.savez writes")
        var members: [String: ZipArchive.Member] = [:]
        for (name, member) in archive.members.sorted(by: { $0.key < $1.key }) {
            members[name.hasSuffix(".npy") ? String(name.dropLast(4)) : name] = member
        }
        self.members = members
    }

    package init(file: String) throws(RouteGridError) {
        try self.init(bytes: try FileBytes.read(file), place: file)
    }

    /// One array of the archive.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - shape: the shape that it must have; its header is read and compared before the rest is unpacked.
    ///   - misfit: the error for another shape.
    /// - Returns: the array, whole.
    /// - Throws: `badInput` when it is absent, larger than 4 GB or, compressed, than ``unpackedLimit``, damaged or
    ///   compressed in an unusual way.
    package func array(
        _ name: String,
        shape: [Int]? = nil,
        misfit: ((_ found: [Int]) -> RouteGridError)? = nil
    ) throws(RouteGridError) -> NumpyArray {
        guard let member = members[name] else {
            throw .badInput(place, "no array \"\(name)\"\(NearestName.hint(name, in: names))")
        }
        let inner = "\(place): array \"\(name)\""
        guard member.byteCount < 0xffff_ffff, member.compressed < 0xffff_ffff else {
            throw .badInput(inner, "larger than 4 GB: save it apart with numpy.save")
        }
        let data = try archive.data(of: member, place: inner)
        let content: [UInt8]
        switch member.method {
        case 0: content = Array(data)
        case 8:
            let head = try Inflate.beginning(of: data, byteCount: NumpyArray.longestHead, place: inner)
            let found = try NumpyArray.shape(fromHead: head, place: inner)
            if let shape, let misfit, found != shape { throw misfit(found) }
            guard member.byteCount <= Self.unpackedLimit else {
                throw .badInput(
                    inner,
                    "unpacks to \(member.byteCount) bytes: expected at most \(Self.unpackedLimit); save it with numpy.save"
                )
            }
            content = try Inflate.expand(data, byteCount: member.byteCount, place: inner)
        default: throw .badInput(inner, "compression method \(member.method): expected stored or deflated")
        }
        guard ZipArchive.checksum(content) == member.checksum else {
            throw .badInput(inner, "the checksum does not fit: damaged")
        }
        return try NumpyArray(bytes: content, place: inner)
    }
}
