import Dispatch
import Foundation
package import Logging
package import RouteGridBase
import ServiceLifecycle
import Wire
package import ZeroMQ

/// A worker: one DEALER socket, one child process per slot, the data cache and the results that were not acknowledged
/// yet.
///
/// Everything runs on one event loop that no task can block: tasks run in the slots. Its states and what a failure at
/// each point leaves are described in <doc:Worker>.
package actor WorkerSupervisor: Service {
    package nonisolated let loop: ZMQEventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let configuration: WorkerConfiguration
    let log: Logger
    let launcher: any SlotLauncher
    let context: ZMQContext
    let cache: BlobCache
    let limits = MachineLimits()
    let boot = WireProtocol.makeBootID()
    /// Checks downloads; their files may be large.
    let checks = DispatchQueue(label: "routegrid.worker.checks")

    // The connection.
    var link = Link()
    var socket: ZMQSocket?
    /// Watches the handshakes of the socket until it is welcomed.
    var handshakes: HandshakeMonitor?
    /// Messages to send after the next welcome.
    var unsent: [WireMessage] = []

    // The work.
    var leases: [LeaseID: WorkerLease] = [:]
    /// Leases in order of arrival.
    var order: [LeaseID] = []
    var outbox = ResultOutbox()
    var uploads = BlobUploads()
    var retryUploadAt: ContinuousClock.Instant?
    var downloads: [Digest: BlobDownload] = [:]
    /// When chunks that the coordinator refused to send are requested again.
    var retryDownloadsAt: ContinuousClock.Instant?
    var slots: [SupervisedSlot]
    /// Slots that were killed and have not ended yet.
    var retired: [SupervisedSlot] = []
    /// The class text of each kind, from its first slot.
    var classes: [NumericsKind: String] = [:]
    var lastCreditSent: Int?

    // The end of the worker.
    var phase = Phase.working
    var lastBusy = ContinuousClock.now
    /// When the lifetime is over.
    private let closing: ContinuousClock.Instant?
    private var outcome: Result<Void, any Error>?
    private var waiting: CheckedContinuation<Void, any Error>?

    enum Phase: Hashable {
        case working
        /// No new cells start; those being evaluated may finish until then.
        case draining(until: ContinuousClock.Instant)
        /// Results wait for their acknowledgement until then.
        case settling(until: ContinuousClock.Instant)
        case over
    }

    /// Prepares a worker; nothing runs before ``run()``.
    ///
    /// - Throws: `usage` for a bad address, or no address or slots, `system` when the cache folder cannot be used.
    package init(
        configuration: WorkerConfiguration,
        launcher: any SlotLauncher,
        log: Logger
    ) throws(RouteGridError) {
        guard !configuration.urls.isEmpty else { throw RouteGridError(.usage, "no address of a coordinator") }
        for url in configuration.urls { _ = try ZMQAddress(url) }
        guard (1...4096).contains(configuration.slots) else {
            throw RouteGridError(.usage, "--slots \(configuration.slots): expected 1…4096")
        }
        self.configuration = configuration
        self.launcher = launcher
        self.log = log
        cache = try BlobCache(folder: configuration.cacheFolder, limit: configuration.cacheLimit)
        context = try ZMQContext()
        closing = configuration.lifetime.map {
            .now + max(.zero, $0 - configuration.lifetimeStagger * Double.random(in: 0..<1))
        }
        slots = (0..<configuration.slots).map { SupervisedSlot(number: $0) }
        loop = try ZMQEventLoop(name: "worker")
    }

    /// Works until a drain is complete.
    ///
    /// - Throws: `protocolRefused` or `refused` when the coordinator refuses this worker, `unreachable` when it was
    ///   lost for too long, `system` when slots do not start.
    package func run() async throws {
        do {
            try await withGracefulShutdownHandler {
                try await work()
            } onGracefulShutdown: {
                self.loop.submit { self.assumeIsolated { $0.drain("asked to stop") } }
            }
        } catch {
            stopLoop()
            throw error
        }
        stopLoop()
    }

    /// Joins the thread from another one: this actor's code runs on it.
    private nonisolated func stopLoop() { DispatchQueue.global().async { [loop] in loop.stop() } }

    private func work() async throws {
        loop.every(.milliseconds(25)) { self.tick() }
        loop.onTurnEnd { self.endTurn() }
        link.lostSince = .now
        probe()
        if let outcome { return try outcome.get() }
        try await withCheckedThrowingContinuation { waiting = $0 }
    }

    private func tick() {
        guard phase != .over else { return }
        let now = ContinuousClock.now
        checkSlots(now)
        checkLink(now)
        checkDownloads(now)
        checkUploads(now)
        checkEnd(now)
    }

    /// After the handlers of one wake: sends the messages that result from them.
    private func endTurn() {
        guard phase != .over else { return }
        sendCredit()
        flushResults()
    }

    // MARK: Ending

    /// Whether more leases are wanted.
    var takesLeases: Bool { phase == .working && closing.map { ContinuousClock.now < $0 } ?? true }

    /// Takes no more leases, releases what is not started, waits for what is, and ends ``run()``.
    package func drain(_ reason: String) {
        guard phase == .working else { return }
        log.info("draining", metadata: ["why": "\(reason)"])
        phase = .draining(until: .now + configuration.drainGrace)
        releaseUnstarted()
    }

    private func checkEnd(_ now: ContinuousClock.Instant) {
        if !leases.isEmpty { lastBusy = now }
        switch phase {
        case .working:
            if !takesLeases, leases.isEmpty { return drain("its lifetime is over") }
            if let limit = configuration.idleTimeout, link.isOpen, now - lastBusy > limit { drain("idle for \(limit)") }
        case .draining(let deadline):
            if now >= deadline { releaseStarted() }
            guard !slots.contains(where: \.isRunning) else { return }
            phase = .settling(until: now + configuration.drainGrace)
        case .settling(let deadline):
            if outbox.isEmpty { return end(.success(())) }
            guard now >= deadline else { return }
            log.warning(
                "results were not acknowledged; they will be computed again",
                metadata: ["count": "\(outbox.keys.count)"]
            )
            end(.success(()))
        case .over: break
        }
    }

    func end(_ result: Result<Void, any Error>) {
        guard phase != .over else { return }
        phase = .over
        outcome = result
        if link.isOpen { say(.goodbye(WireGoodbye())) }
        for slot in slots { retire(slot) }
        retired = []
        downloads = [:]
        handshakes?.stop(on: loop)
        handshakes = nil
        if let socket { loop.close(socket) }
        socket = nil
        waiting?.resume(with: result)
        waiting = nil
    }
}
