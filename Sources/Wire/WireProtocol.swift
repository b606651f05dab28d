package import RouteGridBase

/// The constants that both sides of a connection must agree on.
package enum WireProtocol {
    /// Incremented whenever the meaning of a message changes; the hello carries it, and any other version is refused.
    package static let version: UInt32 = 2
    /// Bytes of the largest frame that is sent or accepted; `Welcome` may lower it.
    package static let maximumFrame = 16 << 20
    /// Bytes of blob content in one Chunk or Put.
    package static let chunkSize = 1 << 20
    /// Bytes up to which a Result or Records message is filled; one larger item is sent alone.
    package static let batchSize = 2 << 20
    /// Fields that a body may have at its outer level: what a valid message of ``maximumFrame`` could need, and no
    /// more.
    package static let maximumFields = 1 << 17

    /// Why a hello cannot be answered with a welcome, or nil.
    package static func refusal(of hello: WireHello) -> RouteGridError? {
        guard hello.protocol == version else {
            let peer = [.client, .follower].contains(hello.role) ? "client" : "worker"
            let build = hello.build.isEmpty ? "" : " (\(SafeText.line(String(hello.build.prefix(80)))))"
            return RouteGridError(
                .protocolRefused,
                "the \(peer)\(build) speaks protocol version \(hello.protocol), the coordinator (\(Version.build)) "
                    + "version \(version): upgrade the \(hello.protocol < version ? peer : "coordinator")"
            )
        }
        guard hello.boot.count == 16 else {
            return RouteGridError(.protocolRefused, "the greeting's boot id has \(hello.boot.count) bytes, not 16")
        }
        guard [.worker, .client, .follower].contains(hello.role) else {
            return RouteGridError(.protocolRefused, "the greeting names no role")
        }
        return nil
    }

    /// 16 random bytes that identify one start of a process.
    package static func makeBootID() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
