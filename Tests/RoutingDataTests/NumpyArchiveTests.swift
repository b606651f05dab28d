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
}
