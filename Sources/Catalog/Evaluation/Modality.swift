/// Which embeddings a router reads.
package enum Modality: String, Hashable, Sendable, CaseIterable { case text, image, both }
