import Foundation
import RouteGridBase

/// The address of the coordinator of a state folder, in a file of the folder while it serves.
///
/// A coordinator that was killed leaves the file behind: check that whoever answers there has the same identity.
package struct CoordinatorAddress: Hashable, Sendable {
    private static let name = "coordinator.json"

    package let url: String
    /// The 16 bytes that name the state folder.
    package let identity: [UInt8]

    package init(url: String, identity: [UInt8]) { (self.url, self.identity) = (url, identity) }

    /// Reads the file; nil when it is missing or unreadable.
    package init?(stateFolder: String) {
        let path = stateFolder + "/" + CoordinatorAddress.name
        guard let json = StateFile.bytes(path).flatMap({ try? JSONValue(parsing: $0, place: path) }),
            let url = json["address"]?.stringValue, let hex = json["coordinator"]?.stringValue
        else { return nil }
        self.init(url: url, identity: CoordinatorAddress.bytes(hex))
    }

    /// Writes the file in one step.
    ///
    /// On a full disk it is missing, which does not stop the coordinator.
    func write(to stateFolder: String) {
        let json: JSONValue = [
            "schema": "routegrid/address/v1", "address": .string(url),
            "coordinator": .string(identity.map { String(format: "%02x", $0) }.joined()),
            "process": JSONValue(Int(getpid())),
        ]
        let path = stateFolder + "/" + CoordinatorAddress.name
        try? DurableFile.write(Array(json.jsonText.utf8), to: path, makingFolder: stateFolder)
    }

    static func remove(from stateFolder: String) { unlink(stateFolder + "/" + CoordinatorAddress.name) }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
            UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16)
        }
    }
}

/// Small files of a state folder.
enum StateFile {
    /// The content of a regular file of at most 64 KiB; nil for anything else.
    static func bytes(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size <= 64 << 10 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(info.st_size))
        return read(file, &bytes, bytes.count) == bytes.count ? bytes : nil
    }
}
