import Foundation
import Keys
import Logging
import RouteGridBase
import Wire
import ZeroMQ

/// The state of the connection to the coordinator.
struct Link {
    enum Phase: Hashable {
        /// No socket yet: the classes of the slots are not known.
        case closed
        /// Hello was sent; without a welcome by then, the socket is replaced.
        case greeting(until: ContinuousClock.Instant)
        case open
    }

    var phase = Phase.closed
    var lastReceived = ContinuousClock.now
    var lastBeat = ContinuousClock.now
    var heartbeat: Duration = .seconds(1)
    /// Identifies the coordinator's state folder, once welcomed.
    var coordinator: Data?
    /// How many connections were tried since the last welcome; each takes the next address.
    var attempts = 0
    /// Which of the addresses is used, or was tried last.
    var place = 0
    /// The addresses whose coordinators do not know this key.
    var refused: Set<Int> = []
    /// The timeout of the next hello: it grows while no coordinator answers.
    var patience: Duration?
    /// When the coordinator was lost; nil while connected.
    var lostSince: ContinuousClock.Instant?
    var maximumFrame = WireProtocol.maximumFrame

    var isOpen: Bool { phase == .open }
}

extension WorkerSupervisor {
    /// Replaces the socket and sends a hello.
    ///
    /// libzmq itself reconnects again and again, but does not report it, and after a refusal it stops: a socket without
    /// an answer is replaced, and the next one gets twice its timeout.
    func connect() {
        // A coordinator that was restarted is where it was: that address is tried first.
        if link.attempts > 0 { link.place = (link.place + 1) % configuration.urls.count }
        link.attempts += 1
        // What it did not deliver is sent again on the new one.
        handshakes?.stop(on: loop)
        handshakes = nil
        if let socket { loop.close(socket, discarding: true) }
        socket = nil
        let patience = link.patience ?? configuration.backoff.lowerBound
        var options = SocketOptions()
        options.linger = .milliseconds(200)
        // libzmq adds a random part. After a minute without a coordinator thousands of workers need not ask so often.
        options.reconnectMaximum = max(.milliseconds(250), min(patience / 8, .seconds(2)))
        do {
            guard let security = try configuration.key.security(for: ZMQAddress(url)) else {
                // A coordinator of this user leaves one when it listens; nothing was tried, so the delay stays.
                link.phase = .greeting(until: .now + .milliseconds(100))
                return
            }
            options.security = security
            socket = try open(options)
        } catch {
            return end(.failure(error))
        }
        // When all addresses were tried.
        if link.attempts % configuration.urls.count == 0 {
            link.patience = min(patience * 2, configuration.backoff.upperBound)
        }
        // Workers that lost their coordinator together do not return together.
        let delay = max(patience, configuration.backoff.lowerBound) * Double.random(in: 0.8...1.2)
        link.phase = .greeting(until: .now + delay)
        sendHello()
    }

    private func open(_ options: SocketOptions) throws(RouteGridError) -> ZMQSocket {
        let opened = try context.socket(.dealer, options: options)
        if options.security != .plaintext {
            let monitor = try HandshakeMonitor(opened, context: context)
            monitor.watch(on: loop) { event in
                // libzmq does not try again. A key that the coordinator left may be replaced by then.
                guard case .refused = event, self.configuration.key.isFinal(options.security) else { return }
                self.refuseKey()
            }
            handshakes = monitor
        }
        // Of a host with addresses of both versions of IP, one may not lead to the coordinator.
        try opened.connect(url, prefersVersion6: (link.attempts - 1) / configuration.urls.count % 2 == 1)
        loop.onReadable(opened) { messages in self.receive(messages, from: opened) }
        return opened
    }

    /// The coordinator at this address does not know the key; at another one there may be one that does.
    private func refuseKey() {
        link.refused.insert(link.place)
        let text = "the coordinator at \(url) does not know this key, or it was revoked"
        guard link.refused.count < configuration.urls.count else {
            return end(.failure(RouteGridError(.refused, text)))
        }
        log.warning("\(text); trying the next address")
        // Not from within the handler of this socket's monitor.
        link.phase = .greeting(until: .now)
    }

    /// The address that is used, or tried.
    var url: String { configuration.urls[link.place] }

    private func sendHello() {
        var hello = WireHello()
        hello.protocol = WireProtocol.version
        hello.build = Version.build
        hello.role = .worker
        hello.boot = Data(boot)
        hello.name = configuration.name
        hello.slots = UInt32(clamping: configuration.slots)
        hello.numerics = NumericsKind.allCases.compactMap { classes[$0] }.reduce(into: []) { texts, text in
            if !texts.contains(text) { texts.append(text) }
        }
        hello.exec = configuration.programs
        (hello.cpus, hello.memory) = (UInt32(clamping: limits.cores), limits.memory)
        hello.gpus = UInt32(clamping: configuration.gpus.names.count)
        hello.held = order.compactMap { leases[$0]?.reference }
        hello.unacked = outbox.keys.map(\.data)
        transmit(WireMessage(.hello(hello)))
    }

    func checkLink(_ now: ContinuousClock.Instant) {
        switch link.phase {
        case .closed: break
        case .greeting(let deadline):
            guard now >= deadline else { break }
            if socket != nil { log.warning("no coordinator answers", metadata: ["url": "\(url)"]) }
            connect()
        case .open:
            // After a missed answer the coordinator may have been restarted: more frequent heartbeats detect its return
            // sooner.
            let pause = now - link.lastReceived > link.heartbeat * 1.2 ? link.heartbeat / 5 : link.heartbeat
            if now - link.lastReceived > link.heartbeat * 3 {
                log.warning(
                    "no message from the coordinator for three heartbeats",
                    metadata: ["url": "\(url)"]
                )
                lose()
                connect()
            } else if now - link.lastBeat >= pause {
                sendHeartbeat()
            }
        }
        guard let since = link.lostSince, now - since > configuration.onLostTimeout else { return }
        end(
            .failure(
                RouteGridError(
                    .unreachable,
                    "no coordinator answered at \(configuration.urls.joined(separator: ", ")) "
                        + "for \(configuration.onLostTimeout); giving up"
                )
            )
        )
    }

    private func lose() {
        link.lostSince = link.lostSince ?? .now
        link.patience = nil
        link.attempts = 0
        lastCreditSent = nil
        // Another worker of this machine may have a coordinator to go on with.
        for download in downloads.values { download.letGo() }
    }

    private func sendHeartbeat() {
        link.lastBeat = .now
        var heartbeat = WireHeartbeat()
        heartbeat.leases = order.compactMap { leases[$0] }.map { lease in
            var held = WireHeldLease()
            held.progress = progress(of: lease)
            (held.leaseID, held.leaseFence, held.done) = (
                lease.message.leaseID, lease.message.leaseFence, UInt32(clamping: lease.done)
            )
            return held
        }
        say(.heartbeat(heartbeat))
    }

    /// Sends the credit: leases that are computed and only wait for the coordinator's disk occupy no slot.
    func sendCredit() {
        guard link.isOpen else { return }
        var wanted = 0
        if takesLeases {
            let settled = leases.values.count { $0.phase == .computed }
            let quick = slots.reduce(0) { $0 + $1.pace.depth }
            wanted = configuration.slots + configuration.ahead + quick + min(settled, 256)
            // The coordinator's disk is behind: held leases continue, and no more are requested.
            if outbox.byteCount > ResultOutbox.comfortableBytes { wanted = 0 }
        }
        guard wanted != lastCreditSent else { return }
        lastCreditSent = wanted
        var credit = WireCredit()
        credit.groups = UInt32(wanted)
        say(.credit(credit))
    }

    /// Sends a message now; when that fails, it is kept for the next welcome if `isKept`.
    func say(_ body: WireEnvelope.OneOf_Body, keeping isKept: Bool = false) {
        let message = WireMessage(body)
        guard link.isOpen, transmit(message) else {
            if isKept, unsent.count < 10_000 { unsent.append(message) }
            return
        }
    }

    /// Passes a message to the socket.
    @discardableResult
    func transmit(_ message: WireMessage) -> Bool {
        guard let socket else { return false }
        do { return try socket.send(try message.frames()) == .sent } catch {
            log.error("a message could not be sent", metadata: ["error": "\(error)"])
            return false
        }
    }

    // MARK: Answers to the hello

    func welcome(_ welcome: WireWelcome) {
        if let known = link.coordinator, known != welcome.coordinator {
            log.warning("another coordinator answers; leases and results of the one before are dropped")
            dropEverything()
        }
        link.coordinator = welcome.coordinator
        link.heartbeat = .milliseconds(Int64(max(welcome.heartbeatMs, 20)))
        link.maximumFrame = Int(clamping: welcome.maxFrame)
        handshakes?.stop(on: loop)
        handshakes = nil
        link.phase = .open
        link.patience = nil
        link.attempts = 0
        link.refused = []
        link.lostSince = nil
        link.lastBeat = .now
        lastCreditSent = nil
        log.info("welcomed", metadata: ["url": "\(url)", "epoch": "\(welcome.epoch)"])
        let waiting = unsent
        unsent = []
        for message in waiting { say(message.body, keeping: true) }
        outbox.restart()
        uploads.restart()
        for download in downloads.values { download.restartRequests() }
        requestChunks()
    }

    /// The coordinator was restarted and does not know this connection.
    func resendHello() {
        guard link.isOpen else { return }
        lose()
        link.phase = .greeting(until: .now + configuration.helloTimeout)
        sendHello()
    }

    func refuse(_ refused: WireRefused) {
        let error = refused.error
        guard case .greeting = link.phase else {
            log.warning("the coordinator refused a message", metadata: ["why": "\(error)"])
            // It may have been a request for data: many workers that begin at once exceed a limit together.
            if error.code == .temporary, retryDownloadsAt == nil {
                retryDownloadsAt = .now + .milliseconds(Int64.random(in: 250...1_000))
            }
            // A revoked key: the next handshake decides.
            guard error.code == .refused else { return }
            lose()
            return connect()
        }
        // After a temporary failure, the next hello follows this one's timeout.
        guard error.code != .temporary, error.code != .system else { return }
        end(.failure(error))
    }
}
