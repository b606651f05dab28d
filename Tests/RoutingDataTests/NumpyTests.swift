import RouteGridBase
import RoutingData
import Testing

struct NumpyTests {
    private func array(_ name: String) throws -> NumpyArray { try NumpyArray(file: Fixtures.golden("npy/\(name).npy")) }

    @Test(arguments: ["half", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "fortran"])
    func `what numpy saves is read`(name: String) throws {
        let matrix = try array(name).doubleMatrix()
        #expect(matrix == Matrix(rows: 2, columns: 3, elements: [0, 1, 2, 3, 4, 5]))
    }

    @Test func `whole numbers, truth values and vectors are read`() throws {
        #expect(try array("i4").integers() == [0, 1, 2, 3, 4, 5])
        #expect(try array("bool").integers() == [0, 1, 0, 1, 0, 1])
        #expect(try array("vector").doubles() == [1.5, 2.5])
        #expect(try array("half").floatMatrix().elements == [0, 1, 2, 3, 4, 5])
        #expect(try array("fortran").floatMatrix().elements == [0, 1, 2, 3, 4, 5])
    }

    @Test(arguments: [
        ("big-endian", "element type \">f4\": expected a little-endian number"),
        ("objects", "holds pickled Python objects, which are not read"),
    ])
    func `an array of another element type is refused`(name: String, expected: String) {
        let found = message { _ = try array(name) }
        #expect(found.contains(expected) && found.contains("\(name).npy: "), "\(found)")
    }

    @Test func `embeddings must be floating point and have two dimensions`() {
        #expect(message { _ = try array("i4").floatMatrix() }.hasSuffix("dtype \"<i4\": expected <f2, <f4 or <f8"))
        #expect(message { _ = try array("vector").floatMatrix() }.contains("shape [2]: expected two dimensions"))
    }

    @Test func `a file cut anywhere is refused`() throws {
        let bytes = try FileBytes.read(Fixtures.golden("npy/f4.npy"))
        for count in 0..<bytes.count {
            let found = message { _ = try NumpyArray(bytes: Array(bytes[..<count]), place: "x.npy") }
            #expect(found.hasPrefix("x.npy: "))
        }
        let found = message { _ = try NumpyArray(bytes: Array(bytes.dropLast()), place: "x.npy") }
        #expect(found == "x.npy: cut off: shape [2, 3] of <f4 needs 24 bytes of data, found 23")
        #expect(message { _ = try NumpyArray(bytes: bytes + [0], place: "x.npy") }.contains("too long"))
    }

    @Test func `a pickle is refused with the way round`() {
        let pickle: [UInt8] = [0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0x5d, 0x94, 0x2e]
        let found = message { _ = try NumpyArray(bytes: pickle, place: "x.npy") }
        #expect(found.hasPrefix("x.npy: a pickle can run code and is not read") && found.contains("numpy.save"))
    }

    @Test func `no changed byte makes the reader fail other than by its error`() throws {
        let bytes = try FileBytes.read(Fixtures.golden("npy/fortran.npy"))
        var generator = Xoshiro256(seed: HashedText.digest(["npy bytes"]))
        for _ in 0..<3_000 {
            var changed = bytes
            for _ in 0...generator.below(3) { changed[generator.below(128)] = UInt8(generator.below(128)) }
            _ = try? NumpyArray(bytes: changed, place: "x.npy").doubles()
        }
    }
}
