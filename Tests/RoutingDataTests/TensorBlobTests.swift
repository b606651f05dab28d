import RouteGridBase
import RoutingData
import Testing

struct TensorBlobTests {
    private let values: [Double] = [1.5, -2, .nan, 0]

    /// Digests from Python's hashlib over `b"F64" + struct.pack("<QQ", 2, 2) + array.tobytes()`.
    @Test func `the digest of a tensor is the SHA-256 of its blob`() {
        let doubles = Matrix(rows: 2, columns: 2, elements: values)
        let floats = Matrix(rows: 2, columns: 2, elements: values.map(Float.init))
        let empty = Matrix<Double>(rows: 0, columns: 3, elements: [])
        #expect(
            TensorBlob.digest(of: doubles).hex == "89aeb381208d309958ded65363b9b29a35e0070ff991bf9bb1ab06d524402e67"
        )
        #expect(
            TensorBlob.digest(of: floats).hex == "97190f32517b23f8b9a0c8013ca3d7e19c0abbd16b6a3fbd5c10bbbd73381fbc"
        )
        #expect(
            TensorBlob.digest(of: empty).hex == "86182570f152e05525e7dfab9d3a1da68f12ed651fad25cb0304743ff265461e"
        )
    }

    @Test func `every NaN has one digest`() {
        let digests = [Double.nan, -.nan, .signalingNaN, Double(bitPattern: 0xfff8_dead_beef_0001)].map {
            TensorBlob.digest(of: Matrix(rows: 1, columns: 1, elements: [$0]))
        }
        #expect(Set(digests).count == 1)
    }

    @Test func `the shape counts`() {
        let wide = Matrix(rows: 1, columns: 4, elements: values)
        #expect(TensorBlob.digest(of: wide) != TensorBlob.digest(of: Matrix(rows: 4, columns: 1, elements: values)))
    }

    @Test func `random tensors come back bit for bit`() throws {
        var generator = Xoshiro256(seed: HashedText.digest(["tensor blob"]))
        for _ in 0..<50 {
            let (rows, columns) = (generator.below(6), generator.below(6))
            let bits = (0..<rows * columns).map { _ in generator.next() }
            let doubles = Matrix(rows: rows, columns: columns, elements: bits.map { Double(bitPattern: $0) })
            let floats = Matrix(
                rows: rows,
                columns: columns,
                elements: bits.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
            )
            let readDoubles = try TensorBlob.decodeDoubles(TensorBlob.encode(doubles))
            let readFloats = try TensorBlob.decodeFloats(TensorBlob.encode(floats))
            #expect(readDoubles.rows == rows && readDoubles.columns == columns)
            for (left, right) in zip(doubles.elements, readDoubles.elements) {
                #expect(left.bitPattern == right.bitPattern || left.isNaN && right.bitPattern == 0x7ff8_0000_0000_0000)
            }
            for (left, right) in zip(floats.elements, readFloats.elements) {
                #expect(left.bitPattern == right.bitPattern || left.isNaN && right.bitPattern == 0x7fc0_0000)
            }
        }
    }

    @Test func `bytes that are not a blob are refused`() {
        let blob = TensorBlob.encode(Matrix(rows: 2, columns: 2, elements: values))
        #expect(
            message { _ = try TensorBlob.decodeFloats(blob, place: "b") } == "b: expected a tensor blob of dtype F32"
        )
        #expect(
            message { _ = try TensorBlob.decodeDoubles(Array(blob.dropLast())) }.contains(
                "2 × 2 does not have 31 bytes"
            )
        )
        #expect(message { _ = try TensorBlob.decodeDoubles(blob + [0]) }.contains("does not have 33"))
        var huge = blob
        for offset in 3..<19 { huge[offset] = 0xff }
        #expect(message { _ = try TensorBlob.decodeDoubles(huge) }.contains("does not have 32 bytes"))
    }

    /// The digest is Python's over the same list dumped without spaces.
    @Test func `a list of samples is canonical JSON`() throws {
        let samples = [
            Sample(id: "a", dataset: "d", group: "g"), Sample(id: "ü\n", dataset: "d", group: "é\"\\"),
        ]
        #expect(
            SampleList.digest(of: samples).hex == "8fa522dfa281aa977d5babe8681c5f197b894846c06c5ed39c628cecb8a0139a"
        )
        #expect(try SampleList.decode(SampleList.encode(samples)) == samples)
        #expect(message { _ = try SampleList.decode(Array(#"[["a","b"]]"#.utf8)) }.contains("entry 0: expected"))
        #expect(message { _ = try SampleList.decode(Array("{}".utf8)) }.contains("expected a list"))
    }
}
