import RouteGridBase
import RoutingData
import Testing

struct SafetensorsTests {
    /// A file with this header text and so many bytes of data.
    private func file(_ header: String, data: Int) -> [UInt8] {
        let length = header.utf8.count
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    @Test func `what the peer's library writes is read`() throws {
        let tensors = try Safetensors(file: Fixtures.golden("safetensors/peer.safetensors"))
        #expect(tensors.metadata == ["made": "by a peer"])
        let quality = try tensors.doubles("quality")
        #expect(quality.rows == 2 && quality.columns == 2)
        #expect(quality[0, 0] == 1 && quality[0, 1].isNaN && quality[1, 0] == 0.5 && quality[1, 1] == 0)
        #expect(try tensors.floats("text.default") == Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6]))
    }

    @Test func `our file has the peer's bytes`() throws {
        var writer = SafetensorsWriter(metadata: ["made": "by a peer"])
        writer.add("text.default", Matrix<Float>(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6]))
        writer.add("quality", Matrix(rows: 2, columns: 2, elements: [1, .nan, 0.5, 0]))
        let ours = try Safetensors(bytes: writer.bytes(), place: "ours")
        let peers = try Safetensors(file: Fixtures.golden("safetensors/peer.safetensors"))
        #expect(ours.tensors == peers.tensors && ours.metadata == peers.metadata)
        #expect(
            writer.bytes().suffix(56)
                == (try FileBytes.read(Fixtures.golden("safetensors/peer.safetensors"))).suffix(56)
        )
    }

    @Test func `random tensors come back`() throws {
        var generator = Xoshiro256(seed: HashedText.digest(["safetensors"]))
        for _ in 0..<50 {
            var writer = SafetensorsWriter()
            var doubles: [String: Matrix<Double>] = [:]
            for index in 0..<generator.below(4) {
                let (rows, columns) = (generator.below(5), generator.below(5))
                let values = (0..<rows * columns).map { _ in generator.uniform() }
                doubles["t\(index)"] = Matrix(rows: rows, columns: columns, elements: values)
                writer.add("t\(index)", Matrix(rows: rows, columns: columns, elements: values))
                writer.add("f\(index)", Matrix(rows: rows, columns: columns, elements: values.map(Float.init)))
            }
            let bytes = writer.bytes()
            let read = try Safetensors(bytes: bytes, place: "x")
            #expect(read.tensors.count == 2 * doubles.count)
            for (name, matrix) in doubles {
                #expect(try read.doubles(name) == matrix)
                #expect(try read.floats("f" + name.dropFirst()).elements == matrix.elements.map(Float.init))
            }
        }
    }

    @Test func `a file cut anywhere is refused`() throws {
        let bytes = try FileBytes.read(Fixtures.golden("safetensors/peer.safetensors"))
        for count in 0..<bytes.count {
            let found = message { _ = try Safetensors(bytes: Array(bytes[..<count]), place: "x.st") }
            #expect(found.hasPrefix("x.st"))
        }
        let found = message { _ = try Safetensors(bytes: Array(bytes.dropLast()), place: "x.st") }
        #expect(found == "x.st: cut off: tensor \"text.default\" ends at byte 56 of 55 bytes of data")
    }

    private static let first = #""a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}"#

    @Test(arguments: [
        ("{\(first),\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[4,12]}}", 12, "tensor \"b\" overlaps"),
        (
            "{\(first),\"b\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[12,16]}}", 16,
            "tensor \"b\" leaves a hole"
        ),
        ("{\(first)}", 4, "cut off: tensor \"a\" ends at byte 8 of 4"),
        ("{\(first)}", 9, "1 bytes after the last tensor"),
        (#"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,8]}}"#, 8, "needs 16 bytes, its data_offsets hold 8"),
        (
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, 8,
            "needs too many bytes, its data_offsets hold 8"
        ),
        (#"{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,0]}}"#, 8, "expected [begin, end]"),
        (#"{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[-8,0]}}"#, 8, "expected [begin, end]"),
        (#"{"a":{"dtype":"F32","shape":[-1,2],"data_offsets":[0,8]}}"#, 8, "shape: expected"),
        (#"{"a":{"dtype":"F31","shape":[1,2],"data_offsets":[0,8]}}"#, 8, "dtype: expected one of"),
        (#"{"a":{"shape":[1,2],"data_offsets":[0,8]}}"#, 8, "dtype: expected"), ("[]", 0, "not a JSON object"),
        ("{\(first),\(first)}", 8, "once"), (#"{"__metadata__":{"a":1}}"#, 0, "__metadata__: expected texts"),
    ])
    func `a header that cannot be is refused`(header: String, data: Int, expected: String) {
        let found = message { _ = try Safetensors(bytes: file(header, data: data), place: "x.st") }
        #expect(found.contains(expected) && found.hasPrefix("x.st"), "\(found)")
    }

    @Test func `a header of absurd length is refused before it is read`() {
        let bytes = [UInt8](repeating: 0xff, count: 20)
        #expect(message { _ = try Safetensors(bytes: bytes, place: "x.st") }.contains("not a safetensors file"))
    }

    @Test func `another name, dtype or number of dimensions is refused`() throws {
        let peer = try Safetensors(file: Fixtures.golden("safetensors/peer.safetensors"))
        #expect(message { _ = try peer.doubles("qualty") }.hasSuffix("no tensor \"qualty\"; did you mean \"quality\"?"))
        #expect(message { _ = try peer.floats("quality") }.hasSuffix("expected dtype F32, found F64"))
        let flat = try Safetensors(
            bytes: file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", data: 8),
            place: "x"
        )
        #expect(message { _ = try flat.floats("a") }.contains("expected two dimensions, found shape [2]"))
    }

    @Test func `no changed byte makes the reader fail other than by its error`() throws {
        let bytes = try FileBytes.read(Fixtures.golden("safetensors/peer.safetensors"))
        var generator = Xoshiro256(seed: HashedText.digest(["safetensors bytes"]))
        for _ in 0..<3_000 {
            var changed = bytes
            for _ in 0...generator.below(3) { changed[generator.below(190)] = UInt8(generator.below(256)) }
            guard let tensors = try? Safetensors(bytes: changed, place: "x") else { continue }
            for name in tensors.tensors.keys {
                _ = try? tensors.doubles(name)
                _ = try? tensors.floats(name)
            }
        }
    }
}
