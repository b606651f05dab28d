import Catalog
import Grid
package import RouteGridBase
package import RoutingData
package import Scoring

extension ScoredRecord {
    /// The models that the record chose, `[points, items]`; nil when its blob is not at hand.
    ///
    /// - Throws: `checkFailed` when the blob is damaged, `badInput` when its length is not that of its shape.
    package func choices(in blobs: BlobFolders) throws(RouteGridError) -> Matrix<ModelNumber>? {
        guard let digest = choices, let bytes = try blobs.bytes(digest) else { return nil }
        let result = result
        let shape = (result["choices"]?["shape"]?.arrayValue ?? []).compactMap(\.integerValue)
        let numbers = ChoiceType(result).choices(in: bytes)
        guard shape.count == 2, shape[0] > 0, numbers.count % shape[0] == 0, numbers.count / shape[0] == shape[1] else {
            throw .badInput(place, "result.choices: the blob is not of its shape")
        }
        return Matrix(rows: shape[0], columns: shape[1], elements: numbers)
    }
}
