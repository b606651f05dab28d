package import RouteGridBase

/// The hashes that `sha256sum -c MANIFEST.sha256` reads; facts of the run and timings are not in it.
package struct Manifest: Sendable {
    private var digests: [String: Digest] = [:]

    package init() {}

    package mutating func add(_ name: String, _ digest: Digest) { digests[name] = digest }

    /// Lines `<64 hex digits>  <name>`, sorted by name.
    package var text: String {
        digests.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.value.hex)  \($0.key)\n" }.joined()
    }
}
