import Foundation
import Grid
import Keys
package import Logging
package import RouteGridBase
package import Scheduling
import Wire
package import ZeroMQ

/// The coordinator: a ROUTER socket, the scheduler and the record store around one event loop.
///
/// All state is accessed on the loop's thread only. Nothing is acknowledged before it is on disk: results wait in
/// `commits` until the commit that holds them has returned.
package actor CoordinatorServer {
    package struct Configuration: Sendable {
        /// Where workers and clients connect: `ipc://…` or `tcp://…`.
        package var bind: String
        /// Whether peers prove who they are; plain text is for tests and for whoever asks for it by a long flag.
        package var usesKeys = false
        /// Whether plain text may leave this machine.
        package var allowsPlaintextEverywhere = false
        package var stateFolder: String
        package var heartbeatMilliseconds: UInt32 = 1_000
        package var scheduler = Scheduler.Configuration()
        /// The largest frame that is accepted, in bytes.
        package var maximumFrame = 16 << 20
        /// Bytes of results that may wait for the disk before reading pauses.
        package var waitingBytes = 64 << 20
        /// Whether records are checked against their cells and the data; not so where tests and trials make them up.
        package var checksRecords = true
        /// The part of the cells that is computed again by another worker; 0 = none.
        package var auditRate = 0.0
        /// Bytes of unread messages at which a peer's requests are refused; at twice as many, messages to it are lost.
        package var unreadBytes = 32 << 20
        /// Processes of one key that may be connected at once.
        package var connectionsPerKey = 16_384
        /// Seconds after which a connection without a greeting is closed.
        package var helloSeconds = 30

        package init(bind: String, stateFolder: String) {
            self.bind = bind
            self.stateFolder = stateFolder
        }
    }

    package nonisolated let loop: ZMQEventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let configuration: Configuration
    let log: Logger
    let context: ZMQContext
    let access: StoreAccess
    let clock = ContinuousClock()
    let origin: ContinuousClock.Instant
    var socket: ZMQSocket?
    var scheduler: Scheduler
    var peers = PeerTable()
    var served: [RunID: ServedRun] = [:]
    /// Runs of the state folder that could not be loaded.
    var setAside: [RunID: SetAsideRun] = [:]
    var testReads = KnownTestReads()
    var cache = JobCache()
    var uploads: [UploadID: Upload] = [:]
    var followers: WaitingFollowers
    var submits = RequestsUnderWay()
    var fetches = RequestsUnderWay()
    /// What libzmq holds of messages, by connection and in total.
    var unread: [RoutingID: UnreadBytes] = [:]
    let allUnread = UnreadBytes()
    var connections: ConnectionWatch?
    var commits: ServerCommits
    let checker = RecordChecker()
    /// Which cells each key was granted, as far as that is on disk.
    var ledger = GrantLedger()
    /// Cells that are computed again, and what came of it.
    var audits: AuditLedger
    /// Keys whose records are being taken back: no look-up counts them.
    var purgedKeys: Set<JobKey> = []
    var isPurging = false
    /// Which cells are; nil when none is.
    let sample: AuditSample?
    /// Why the last write of results failed; nil once one succeeded.
    var storeError: String?
    /// Reading is paused, because too much waits for the disk.
    var isReadingPaused = false
    /// When the socket last had no unread message.
    var lastFullyRead = Moment(milliseconds: 0)
    var counters = ServerCounters()
    var metrics: ServerMetrics
    /// Who reported the failure that is being handled; empty for nobody.
    var failureReporter = ""
    var refusals = RefusalLimit(perSecond: 20)
    /// Differing results on disk, by the run that computed them.
    var divergences: [RunID: Int]
    /// Who may talk to it; nil in plain text.
    var keys: ServerKeys?
    private var ended: CheckedContinuation<Void, any Error>?
    private var outcome: Result<Void, any Error>?

    /// Opens the state folder, resumes its unfinished runs, and binds.
    ///
    /// - Throws: `badInput`, `temporary` or `system` from the state folder; `refused` for an address that others can
    ///   reach while there are no keys for them; `temporary` for a port in use.
    package init(configuration: Configuration, log: Logger) throws(RouteGridError) {
        let address = try ZMQAddress(configuration.bind)
        if !configuration.usesKeys, !configuration.allowsPlaintextEverywhere, !address.isLocal {
            throw RouteGridError(
                .refused,
                "--bind \(configuration.bind): in plain text a coordinator listens on this machine only; "
                    + "use tcp://127.0.0.1:PORT or ipc://PATH"
            )
        }
        self.configuration = configuration
        self.log = log
        // Before anything is made: beyond this machine somebody must have made keys.
        if configuration.usesKeys, !address.isLocal {
            keys = try ServerKeys(for: address, state: configuration.stateFolder)
        }
        let folder = try StateFolder(path: configuration.stateFolder)
        if configuration.usesKeys, keys == nil { keys = try ServerKeys(for: address, state: folder.path) }
        let store = try RecordStore(folder: folder)
        if let backup = try store.unfinishedRestore() {
            throw RouteGridError(
                .usage,
                "\(folder.path): restoring it from \(backup) was not finished; start with --restore \(backup), or delete the "
                    + "folder to begin with nothing"
            )
        }
        let loop = try ZMQEventLoop(name: "coordinator")
        self.loop = loop
        context = try ZMQContext()
        access = StoreAccess(store: store) { body in loop.submit(body) }
        origin = ContinuousClock().now
        commits = ServerCommits(byteLimit: configuration.waitingBytes)
        divergences = try store.divergenceCounts()
        audits = try store.audits()
        sample = configuration.auditRate > 0 ? try store.auditSample(rate: configuration.auditRate) : nil
        let end = try store.lastSequence()
        followers = WaitingFollowers(end: end)
        metrics = ServerMetrics(lastSequence: end)
        let runs = try store.runs()
        scheduler = Scheduler(
            configuration: configuration.scheduler,
            epoch: store.epoch,
            now: Moment(milliseconds: 0),
            recovering: runs.contains { !$0.state.isOver },
            identifiers: SystemRandomNumberGenerator()
        )
        for grant in try store.grants() { ledger.add(grant) }
    }

    /// Fills an empty state folder from a backup.
    ///
    /// - Returns: how many records and runs were restored.
    /// - Throws: what ``RecordStore/restore(from:progress:)`` throws, and what opening a state folder does.
    package static func restore(
        state: String,
        from backup: String,
        progress: (RestoreProgress) -> Void = { _ in }
    ) throws -> (records: Int, runs: Int) {
        let store = try RecordStore(folder: try StateFolder(path: state))
        defer { store.close() }
        return try store.restore(from: BackupFolder(path: backup), progress: progress)
    }

    /// Binds and starts to serve; returns the address, with the actual port in place of `*`.
    package func start() throws -> String {
        var options = SocketOptions()
        options.maximumFrame = configuration.maximumFrame
        options.sendHighWater = PeerLimits.queuedMessages
        if let security = keys?.security { options.security = security }
        try keys?.start(context, log)
        let socket = try context.socket(.router, options: options)
        self.socket = socket
        let connections = try ConnectionWatch(socket, context: context)
        self.connections = connections
        let address = try socket.bind(configuration.bind)
        try keys?.leaveLocal(for: ZMQAddress(address), state: configuration.stateFolder)
        try resumeRuns()
        if sample != nil { for task in audits.tasks { handle(.audit(task)) } }
        loop.onReadable(socket, batch: 512) { messages in
            self.assumeIsolated { $0.receive(messages) }
        }
        connections.watch(on: loop)
        loop.every(.milliseconds(100)) { self.assumeIsolated { $0.tick() } }
        loop.every(.milliseconds(Int64(configuration.heartbeatMilliseconds))) {
            self.assumeIsolated { $0.sendUnsolicitedHeartbeats() }
        }
        loop.every(.seconds(1)) {
            self.assumeIsolated { server in
                server.probeStore()
                server.checkFolder()
                server.dropAbandonedUploads()
                server.closeSilentConnections()
                server.keys?.keepLocal(server.log)
            }
        }
        if keys == nil, try !ZMQAddress(address).isLocal {
            let warn = { self.assumeIsolated { $0.log.warning("plain text: whoever reaches this address may do all") } }
            warn()
            loop.every(.seconds(60), warn)
        }
        // A look at the time stamp of a folder: whoever was just given a key expects it to work.
        if keys != nil { loop.every(.milliseconds(250)) { self.assumeIsolated { $0.followKeys() } } }
        loop.onTurnEnd { self.assumeIsolated { $0.commitIfIdle() } }
        handle(.tick)
        CoordinatorAddress(url: address, identity: access.store.identity).write(to: configuration.stateFolder)
        return address
    }

    /// Returns when ``stop()`` was called, throws when the store failed.
    package func run() async throws {
        if let outcome { return try outcome.get() }
        try await withCheckedThrowingContinuation { ended = $0 }
    }

    /// Commits what waits and closes everything.
    package func stop() {
        end(.success(()))
    }

    /// Ends ``run()``.
    func end(_ result: Result<Void, any Error>) {
        guard outcome == nil else { return }
        outcome = result
        if let socket {
            // First the files: once the port is free another coordinator may leave its own.
            keys?.end()
            connections?.stop(on: loop)
            connections = nil
            loop.close(socket)
            CoordinatorAddress.remove(from: configuration.stateFolder)
        }
        socket = nil
        access.drain()
        if case .success = result, !commits.waiting.changes.isEmpty {
            _ = try? access.store.commit(commits.waiting.changes)
        }
        access.store.close()
        ended?.resume(with: result)
        ended = nil
    }

    /// Joins the thread; call it after ``run()`` returned, from outside the loop.
    package nonisolated func shutDown() {
        loop.stop()
    }

    var now: Moment {
        let passed = origin.duration(to: clock.now).components
        return Moment(milliseconds: passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000)
    }
}

/// What the server counts for `status`.
struct ServerCounters: Sendable {
    var committed = 0
    var equal = 0
    var commits = 0
    var leasesGranted = 0
    var workersLost = 0
    var refusedMessages = 0
    var unsent = 0
    /// Records that were refused because they did not agree with themselves, their cell or the data.
    var inconsistent = 0
    /// Records whose data are not in the store.
    var unchecked = 0
    /// Connections that were closed because nobody greeted on them.
    var silentConnections = 0
}
