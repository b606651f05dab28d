package import RouteGridBase

/// An embedding a sample, from a `.npy` file of float16, float32 or float64.
package enum EmbeddingFile {
    /// Reads the embedding of every sample.
    ///
    /// - Parameters:
    ///   - path: a `.npy` file of shape `[samples, width]`, element type f2, f4 or f8.
    ///   - samples: how many rows it must have.
    ///   - source: the file that the samples come from, for the error message.
    /// - Returns: `[samples, width]`; float64 is rounded to float32.
    /// - Throws: `badInput` when the shape or the element type is another, or a value is not in ``EmbeddingRange``.
    package static func read(_ path: String, samples: Int, source: String) throws(RouteGridError) -> Matrix<Float> {
        let bytes = try FileBytes.read(path)
        try PickleFile.refuse(bytes, place: path)
        if let kind = FileKind.binary(bytes) ?? FileKind.text(bytes), !bytes.starts(with: NumpyArray.signature) {
            throw kind.refusal(place: path, expected: "a .npy array, as numpy.save writes it")
        }
        let matrix = try NumpyArray(bytes: bytes, place: path).floatMatrix()
        guard matrix.rows == samples else {
            throw .badInput(path, "\(matrix.rows) rows, but \(source) has \(samples) samples")
        }
        guard (1...EmbeddingRange.mostColumns).contains(matrix.columns) else {
            throw .badInput(path, "embeddings of width \(matrix.columns): expected 1 to \(EmbeddingRange.mostColumns)")
        }
        if let bad = EmbeddingRange.firstOutside(matrix) {
            throw .badInput(
                path,
                "row \(bad.row), column \(bad.column) (from 0): expected \(EmbeddingRange.words), found "
                    + "\(matrix[bad.row, bad.column])"
            )
        }
        return matrix
    }
}
