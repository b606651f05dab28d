import RouteGridBase
import RoutingData
import Testing

struct NumpyArchiveTests {
    private func archive(_ name: String) throws -> NumpyArchive {
        try NumpyArchive(file: Fixtures.golden("npy/\(name).npz"))
    }

    @Test func `stored arrays are read`() throws {
        let archive = try archive("stored")
        #expect(archive.names == ["Y", "other"])
        #expect(try archive.array("Y").integers() == [0, 1, 2, 3, 4, 5])
        #expect(try archive.array("other").doubles() == [1.5])
    }

    @Test func `a deflated array is read`() throws {
        let array = try archive("deflated").array("Y")
        #expect(array.shape == [500, 10])
        #expect(try array.integers() == (0..<5_000).map { $0 % 7 })
    }

    @Test func `an archive of random bytes comes back`() throws {
        let array = try archive("random").array("Y")
        #expect(array.shape == [300, 20])
        var state: UInt32 = 12_345
        let expected = (0..<6_000).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 24) % 37
        }
        #expect(try array.integers() == expected)
    }

    @Test func `what is not there or not an archive is refused`() throws {
        #expect(message { _ = try archive("stored").array("X") }.contains("no array \"X\"; did you mean \"Y\"?"))
        let text = Array("not a zip at all, only words".utf8)
        #expect(
            message { _ = try NumpyArchive(bytes: text, place: "Y.npz") }
                == "Y.npz: not a .npz file: expected what numpy.savez writes"
        )
    }

    @Test(arguments: ["stored", "deflated", "random"])
    func `damage is refused wherever it is`(name: String) throws {
        let bytes = try FileBytes.read(Fixtures.golden("npy/\(name).npz"))
        let whole = try archive(name).array("Y").integers()
        var generator = Xoshiro256(seed: HashedText.digest(["npz", name]))
        for _ in 0..<400 {
            var changed = bytes
            changed[generator.below(bytes.count)] ^= UInt8(1 << generator.below(8))
            guard let values = try? NumpyArchive(bytes: changed, place: "x").array("Y").integers() else { continue }
            #expect(values == whole)
        }
        for _ in 0..<200 {
            let cut = Array(bytes[..<generator.below(bytes.count)])
            #expect(message { _ = try NumpyArchive(bytes: cut, place: "x").array("Y") }.hasPrefix("x: "))
        }
    }

    /// An archive with one deflated member whose content is a header and then zeros: `runs` times 258 bytes.
    private static func bomb(shape: [Int], runs: Int, claimed: Int) -> [UInt8] {
        var bits = BitStream()
        bits.append(0b1, 1)
        bits.append(0b01, 2)
        var text =
            "{'descr': '<f8', 'fortran_order': False, 'shape': (\(shape.map(String.init).joined(separator: ", "))), }"
        text += String(repeating: " ", count: 117 - text.count) + "\n"
        for byte in [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8) + [0] {
            if byte < 144 { bits.appendCode(0x30 + Int(byte), 8) } else { bits.appendCode(0x190 + Int(byte) - 144, 9) }
        }
        for _ in 0..<runs {
            bits.appendCode(0b1100_0101, 8)
            bits.appendCode(0, 5)
        }
        bits.appendCode(0, 7)
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xff) } }
        let name = Array("Y.npy".utf8)
        let sizes = little(0, 4) + little(bits.bytes.count, 4) + little(claimed, 4) + little(name.count, 2)
        let local =
            [0x50, 0x4b, 3, 4] + little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4) + sizes + little(0, 2)
            + name
        let directory =
            [0x50, 0x4b, 1, 2] + little(20, 2) + little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4)
            + sizes + little(0, 4) + little(0, 8) + little(0, 4) + name
        let end =
            [0x50, 0x4b, 5, 6] + little(0, 4) + little(1, 2) + little(1, 2) + little(directory.count, 4)
            + little(local.count + bits.bytes.count, 4) + little(0, 2)
        return local + bits.bytes + directory + end
    }

    /// Bits as DEFLATE packs them.
    private struct BitStream {
        var bytes: [UInt8] = []
        private var free = 0

        mutating func append(_ value: Int, _ count: Int) {
            for place in 0..<count {
                if free == 0 {
                    bytes.append(0)
                    free = 8
                }
                if value >> place & 1 == 1 { bytes[bytes.count - 1] |= 1 << UInt8(8 - free) }
                free -= 1
            }
        }

        /// A Huffman code, its first bit first.
        mutating func appendCode(_ code: Int, _ count: Int) {
            for place in (0..<count).reversed() { append(code >> place & 1, 1) }
        }
    }

    @Test func `a small archive that unpacks to gigabytes is refused before it is unpacked`() throws {
        let began = ContinuousClock.now
        // 1.6 MB, of 258 MB.
        let rows = 1_000_000 * 258 / 8
        let bomb = Self.bomb(shape: [rows, 1], runs: 1_000_000, claimed: 3_900_000_000)
        #expect(bomb.count < 2_000_000)
        let archive = try NumpyArchive(bytes: bomb, place: "Y.npz")
        #expect(
            message { _ = try archive.array("Y") }.contains("unpacks to 3900000000 bytes: expected at most 1073741824")
        )
        let misfit = message {
            _ = try archive.array("Y", shape: [2, 3]) { found in .badInput("Y.npz", "shape \(found)") }
        }
        #expect(misfit == "Y.npz: shape [\(rows), 1]")
        // What gives more, or less, than the directory says is broken; it is not unpacked beyond that.
        for claimed in [100, 10_000, 1 << 30] {
            let lying = try NumpyArchive(
                bytes: Self.bomb(shape: [rows, 1], runs: 1_000_000, claimed: claimed),
                place: "x"
            )
            #expect(message { _ = try lying.array("Y") }.contains("broken or cut off"))
        }
        #expect(ContinuousClock.now - began < .seconds(5))
    }
}
