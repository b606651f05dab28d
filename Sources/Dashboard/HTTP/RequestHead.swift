import Foundation

/// The head of a request, as far as a server that only answers GET needs it.
///
/// Requests are read by this project because FlyingFox's own server bounds neither their size nor their number.
struct RequestHead: Sendable {
    /// Bytes of a request line with all its headers, and how many headers there may be.
    static let longest = 8_192
    static let mostHeaders = 64

    enum Problem: Error, Hashable {
        case malformed
        case tooLarge
    }

    let method: String
    /// Of the target, percent-encoding as it came: no path here has any.
    let path: String
    let query: [String: String]
    let keepsAlive: Bool
    private let headers: [(name: String, value: String)]

    /// The number of bytes up to and with the empty line; nil while it is not there.
    static func end(in bytes: ArraySlice<UInt8>) -> Int? {
        let mark: [UInt8] = [13, 10, 13, 10]
        guard let found = bytes.firstRange(of: mark) else { return nil }
        return found.upperBound - bytes.startIndex
    }

    /// Reads a head without its empty line.
    ///
    /// - Throws: ``Problem``.
    init(_ bytes: some Collection<UInt8>) throws(Problem) {
        guard bytes.count <= Self.longest else { throw .tooLarge }
        // Visible ASCII, spaces and line ends: whatever else a header may hold, none that is read here does.
        guard bytes.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 13 || $0 == 10 || $0 == 9 || $0 >= 0x80 }) else {
            throw .malformed
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n").filter { !$0.isEmpty }
        guard let first = lines.first else { throw .malformed }
        guard lines.count - 1 <= Self.mostHeaders else { throw .tooLarge }
        let words = first.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, ["HTTP/1.1", "HTTP/1.0"].contains(words[2]), words[1].hasPrefix("/"),
            words[0].utf8.allSatisfy({ (0x41...0x5A).contains($0) }), !words[0].isEmpty
        else { throw .malformed }
        method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(target[0])
        query = target.count > 1 ? Self.query(target[1]) : [:]
        var headers: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { throw .malformed }
            let name = line[..<colon]
            // A name with a space before the colon, or a line that continues the one before, is how requests are
            // smuggled past proxies.
            guard name.utf8.allSatisfy({ Self.isToken($0) }) else { throw .malformed }
            headers.append(
                (name.lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
            )
        }
        // A body is neither wanted nor read.
        let length = headers.filter { $0.name == "content-length" }
        guard length.allSatisfy({ $0.value == "0" }), !headers.contains(where: { $0.name == "transfer-encoding" })
        else {
            throw .malformed
        }
        self.headers = headers
        let connection = headers.last { $0.name == "connection" }?.value.lowercased() ?? ""
        keepsAlive = words[2] == "HTTP/1.1" ? connection != "close" : connection == "keep-alive"
    }

    /// The value of a header; nil when there is none, or when it is there twice.
    func header(_ name: String) -> String? {
        let found = headers.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    /// Whether a header is there at all.
    func has(_ name: String) -> Bool { headers.contains { $0.name == name } }

    private static func query(_ text: Substring) -> [String: String] {
        var query: [String: String] = [:]
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(pair[0])] = pair.count > 1 ? String(pair[1]).removingPercentEncoding ?? "" : ""
        }
        return query
    }

    /// A character of a header's name (RFC 9110, 5.6.2).
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
