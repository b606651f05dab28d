/// A file that other modules add to a board's folder.
package struct BoardPageFile: Sendable {
    /// One of ``OutputName``'s, so that it is known as a board's.
    package let name: String
    /// The same bytes for the same records.
    package let bytes: @Sendable (Aggregation) -> [UInt8]

    package init(name: String, bytes: @escaping @Sendable (Aggregation) -> [UInt8]) {
        (self.name, self.bytes) = (name, bytes)
    }
}
