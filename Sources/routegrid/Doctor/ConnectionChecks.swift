import Foundation
import Keys
import RouteGridBase
import Wire
import ZeroMQ

/// The checks of `doctor` on the way to a coordinator.
struct ConnectionChecks {
    let url: String
    let key: KeyOptions
    /// As what this machine wants to connect.
    let role: Role
    /// How long each step may take.
    var limit = Duration.seconds(5)

    func all() -> [Finding] {
        let address: ZMQAddress
        do { address = try ZMQAddress(url) } catch {
            return [Finding("address", .fail, SafeText.line(url), advice: error.message)]
        }
        let found = credentials(address)
        guard let source = found.source else { return [found.finding].compactMap { $0 } }
        let isEncrypted = !key.isPlaintext
        let greets = !isEncrypted || role != .worker
        return [found.finding, isEncrypted ? handshake(address, source) : nil].compactMap { $0 }
            + (greets ? greeting(source) : [])
    }

    // MARK: Key

    private func credentials(_ address: ZMQAddress) -> (source: KeySource?, finding: Finding?) {
        if key.isPlaintext {
            return (
                .plaintext,
                Finding("key", .warn, "none", advice: "whoever reaches the coordinator may do all: use keys")
            )
        }
        do {
            let source = try key.source(role, for: url)
            guard case .file(let path, let file) = source, case .peer(let name, let its, _, _) = file.holder else {
                let isThere = try source.security(for: address) != nil
                return isThere
                    ? (source, Finding("key", .ok, "what a coordinator of this user left"))
                    : (
                        nil,
                        Finding(
                            "key",
                            .fail,
                            "none",
                            advice:
                                "no coordinator of this user listens at \(address); start one, or name a key by --key"
                        )
                    )
            }
            let text = "\(SafeText.line(path)): \(its) \(name), \(file.secret.publicKey.fingerprint)"
            guard [.worker, .joiner].contains(its) == (role == .worker) else {
                return (
                    source,
                    Finding(
                        "key",
                        .fail,
                        text,
                        advice: "a \(role) needs another: `routegrid keys invite --role \(role)`"
                    )
                )
            }
            return (source, Finding("key", .ok, text))
        } catch {
            return (nil, Finding("key", .fail, key.file.map(SafeText.line) ?? "none", advice: error.message))
        }
    }

    // MARK: Handshake

    /// Whether the coordinator is there, is the one of the key, and knows the key.
    private func handshake(_ address: ZMQAddress, _ source: KeySource) -> Finding {
        let subject = "coordinator"
        do {
            guard let security = try source.security(for: address) else {
                return Finding(subject, .fail, "\(address)", advice: "the key is gone: the coordinator ended")
            }
            let begun = ContinuousClock.now
            let context = try ZMQContext()
            var options = SocketOptions()
            options.security = security
            options.linger = .zero
            let socket = try context.socket(.dealer, options: options)
            defer { socket.close() }
            let monitor = try HandshakeMonitor(socket, context: context)
            defer { monitor.close() }
            try socket.connect(address.text, prefersVersion6: address.hasOnlyVersion6)
            var ended: HandshakeMonitor.Event?
            while let event = try monitor.next(within: limit - (ContinuousClock.now - begun)) {
                switch event {
                case .succeeded:
                    let milliseconds = (ContinuousClock.now - begun) / .milliseconds(1)
                    let time = String(format: "%.0f ms", milliseconds)
                    return Finding(subject, .ok, "\(address) knows the key; connected within \(time)")
                case .refused:
                    return Finding(
                        subject,
                        .fail,
                        "\(address)",
                        advice:
                            "it does not know this key, or it was revoked: `routegrid keys list` there shows those it knows"
                    )
                default: ended = event
                }
            }
            let why =
                ended == nil
                ? "nothing answers: is it running, does its --bind go beyond its machine, does a firewall let the port through?"
                : "what answers is not the coordinator of this key: another one, one in plain text, or another program"
            return Finding(subject, .fail, "\(address)", advice: why)
        } catch {
            return Finding(subject, .fail, "\(address)", advice: error.message)
        }
    }

    /// Whether both sides speak one version of the protocol, and how far their clocks are apart.
    private func greeting(_ source: KeySource) -> [Finding] {
        do {
            let client = try ClusterClient.connect(url, key: source, within: limit, name: "doctor")
            defer { client.close() }
            let version = Finding("protocol", .ok, "version \(WireProtocol.version) on both sides")
            client.requestLimit = limit
            // A second question: the first makes the coordinator ready to answer.
            _ = try client.query(.status)
            let asked = Date()
            let status = try client.query(.status)
            let skew = ClockSkew(status: status, asked: asked, answered: Date())
            return [version, skew?.finding].compactMap { $0 }
        } catch {
            return [Finding("protocol", .fail, url, advice: error.message)]
        }
    }
}
