import Keys
import RouteGridBase
import Wire

/// The connection of an allocator to its coordinator: made again after it was lost.
struct AllocatorConnection {
    let url: String
    let key: KeySource
    private var client: ClusterClient?

    init(url: String, key: KeySource) { (self.url, self.key) = (url, key) }

    /// The coordinator's `status`.
    ///
    /// - Throws: `unreachable` when it does not answer, which passes; `refused` for the key; `protocolRefused`.
    mutating func status() throws(RouteGridError) -> JSONValue {
        do throws(RouteGridError) {
            if client == nil { client = try connected() }
            guard let client else { throw RouteGridError(.unreachable, "\(url): no connection") }
            return try client.query(.status)
        } catch {
            close()
            throw error
        }
    }

    mutating func close() {
        client?.close()
        client = nil
    }

    private func connected() throws(RouteGridError) -> ClusterClient {
        let client = try ClusterClient.connect(url, key: key, within: .seconds(5), name: "alloc")
        client.requestLimit = .seconds(10)
        return client
    }
}
