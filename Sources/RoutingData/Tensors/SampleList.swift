package import RouteGridBase

/// The samples of a table as the bytes that identity hashes: canonical JSON `[[id, dataset, group], …]` in row order.
package enum SampleList {
    package static func encode(_ samples: [Sample]) -> [UInt8] {
        JSONValue.array(samples.map { .array([.string($0.id), .string($0.dataset), .string($0.group)]) })
            .canonicalBytes()
    }

    /// `samples` of a fit key.
    package static func digest(of samples: [Sample]) -> Digest { Digest(hashing: encode(samples)) }

    /// The samples of a list; `place` is what the bytes are, for the error message.
    ///
    /// - Throws: `badInput` when the bytes are not such a list.
    package static func decode(_ bytes: [UInt8], place: String = "sample list") throws(RouteGridError) -> [Sample] {
        guard case .array(let rows) = try JSONValue(parsing: bytes, place: place) else {
            throw .badInput(place, "expected a list of [sample_id, dataset, group]")
        }
        var samples: [Sample] = []
        samples.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            guard let texts = row.arrayValue?.compactMap(\.stringValue), texts.count == 3, row.arrayValue?.count == 3
            else { throw .badInput(place, "entry \(index): expected [sample_id, dataset, group]") }
            samples.append(Sample(id: texts[0], dataset: texts[1], group: texts[2]))
        }
        return samples
    }
}
