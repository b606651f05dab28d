import CPlatform
import Dispatch
import Foundation
import Glibc
import Logging
import RouteGridBase
import Wire
import Worker

/// What a scripted cell, or a fit, does: its text says it.
///
/// `ok`, `error`, `hang` (until it is killed), `crash`, `blob N` (a result that names a blob of N bytes), `say WORD`
/// (on standard error), `gate NAME` (an error once the test opens the gate), `gate NAME ok`, `gate NAME crash`. A fit
/// that is `late NAME` does nothing and ends its process once its last cell is done and the gate is open.
final class ScriptedExecutor: CellExecutor {
    private let slot: ThreadSlot
    private var lateGate: String?

    init(slot: ThreadSlot) { self.slot = slot }

    func leave() {
        guard let gate = lateGate else { return }
        Gate.wait(gate)
        slot.crash()
    }

    func prepare(_ task: SlotTask) throws {
        let fit = try JSONValue(parsing: task.fit, place: "fit")
        let words = (fit["does"]?.stringValue ?? "ok").split(separator: " ")
        if words.first == "late" { lateGate = String(words[1]) }
        for file in task.data {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
            guard Digest(hashing: bytes).data == file.sha else { throw RouteGridError(.badInput, "other data") }
        }
        if lateGate == nil { _ = try act(words.joined(separator: " ")) }
    }

    func evaluate(_ cell: SlotCell) throws -> CellOutcome {
        let blobs = try act(String(decoding: cell.eval, as: UTF8.self))
        return CellOutcome(
            resultDigest: Digest(hashing: cell.eval),
            record: Array("{\"cell\":\(cell.cell)}".utf8),
            blobs: blobs.map { (Digest(hashing: $0), $0) }
        )
    }

    private func act(_ text: String) throws -> [[UInt8]] {
        let words = text.split(separator: " ")
        switch words.first {
        case "ok": return []
        case "say":
            slot.say(String(words[1]))
            return []
        case "blob": return [Array(repeating: 7, count: Int(words[1]) ?? 0)]
        case "error": throw RouteGridError(.badInput, "told to fail")
        case "gate":
            Gate.wait(String(words[1]))
            if words.count > 2, words[2] == "ok" { return [] }
            if words.count > 2 { slot.crash() }
            throw RouteGridError(.badInput, "the gate was opened")
        case "hang": slot.waitForEnd()
        case "crash": slot.crash()
        default: break
        }
        throw RouteGridError(.system, "ended")
    }
}

/// Lets a test say when a scripted cell goes on.
enum Gate {
    private static let gates = LockedBox<[String: DispatchSemaphore]>([:])

    static func open(_ name: String) { gate(name).signal() }
    static func wait(_ name: String) { gate(name).wait() }

    private static func gate(_ name: String) -> DispatchSemaphore {
        gates.withLock { gates in
            if let known = gates[name] { return known }
            let made = DispatchSemaphore(value: 0)
            gates[name] = made
            return made
        }
    }
}

/// A slot that is a thread of the test process.
final class ThreadSlot: SlotPeer, @unchecked Sendable {
    let descriptor: Int32
    let errorDescriptor: Int32?
    let progress: ProgressPage
    private let far: Int32
    private let watch: SlotWatch
    private let condition = NSCondition()
    // `condition` guards both.
    private var ended: String?
    private var isOver = false

    init(numerics: String, watch: SlotWatch) throws(RouteGridError) {
        var ends: [Int32] = [0, 0]
        guard cplatform_socket_pair(&ends) == 0 else { throw RouteGridError(.system, "no socket pair") }
        (descriptor, far) = (ends[0], ends[1])
        progress = try ProgressPage()
        self.watch = watch
        errorDescriptor = try watch.log()
        guard !watch.endsAtStart else {
            end("exit code 3")
            return
        }
        Thread.detachNewThread { [self] in
            let main = SlotMain(descriptor: far, progress: progress, executor: ScriptedExecutor(slot: self))
            try? main.run(numerics: numerics)
            end("exit code 0")
        }
    }

    func waitForEnd() {
        condition.lock()
        while !isOver { condition.wait() }
        condition.unlock()
    }

    func crash() { end("signal 4 (illegal instruction)") }
    func kill() { end("signal 9 (killed)") }
    func say(_ word: String) { watch.write("\(word)\n") }
    var residentBytes: Int64? { watch.residentBytes.withLock { $0 } }
    func limitMemory(_ bytes: UInt64) { watch.limits.withLock { $0.append(bytes) } }
    func close() {}

    func ending() -> String? {
        condition.lock()
        defer { condition.unlock() }
        return ended
    }

    private func end(_ how: String) {
        condition.lock()
        if ended == nil { ended = how }
        condition.unlock()
        // Both ends see the end; the numbers stay taken until the test process is over, so that no late use of one
        // meets another file. A killed process sends nothing more: first the socket, then the thread.
        shutdown(far, Int32(SHUT_RDWR))
        condition.lock()
        isOver = true
        condition.broadcast()
        condition.unlock()
    }
}

/// What a test sees of the slots of one worker, and what it makes them.
final class SlotWatch: Sendable {
    /// The memory that each of them is reported to hold.
    let residentBytes = LockedBox<Int64?>(nil)
    /// The limits that were sent, in order.
    let limits = LockedBox<[UInt64]>([])
    /// How many were started.
    let starts = LockedBox(0)
    /// Whether they end before they send anything.
    let endsAtStart: Bool
    private let hasLog: Bool
    /// Where the last of them writes its standard error.
    private let writer = LockedBox<Int32>(-1)

    init(endsAtStart: Bool = false, hasLog: Bool = false) {
        (self.endsAtStart, self.hasLog) = (endsAtStart, hasLog)
    }

    /// A pipe for a new slot; its ends stay open until the test process is over.
    fileprivate func log() throws(RouteGridError) -> Int32? {
        starts.withLock { $0 += 1 }
        guard hasLog else { return nil }
        var ends: [Int32] = [0, 0]
        guard cplatform_pipe(&ends) == 0 else { throw RouteGridError(.system, "no pipe") }
        writer.withLock { $0 = ends[1] }
        return ends[0]
    }

    fileprivate func write(_ text: String) {
        let descriptor = writer.withLock { $0 }
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}

struct ThreadSlotLauncher: SlotLauncher {
    var numerics = "test-class"
    var watch = SlotWatch()
    func launch(_ kind: NumericsKind) throws(RouteGridError) -> any SlotPeer {
        try ThreadSlot(numerics: numerics, watch: watch)
    }
}

/// A supervisor with thread slots and a cache folder of its own, running.
struct RunningWorker {
    let supervisor: WorkerSupervisor
    private let task: Task<Void, any Error>
    /// Its cache.
    let folder: String

    init(
        _ url: String,
        slots: Int = 1,
        launcher: any SlotLauncher = ThreadSlotLauncher(),
        log: AsyncStream<String>.Continuation? = nil,
        _ adjust: (inout WorkerConfiguration) -> Void = { _ in }
    ) throws {
        folder = "\(FileManager.default.temporaryDirectory.path)/rg-worker-\(UInt64.random(in: 0...UInt64.max))"
        var configuration = WorkerConfiguration(url: url, slots: slots)
        configuration.cacheFolder = folder
        configuration.kinds = [.portable]
        configuration.drainGrace = .milliseconds(500)
        adjust(&configuration)
        let supervisor = try WorkerSupervisor(
            configuration: configuration,
            launcher: launcher,
            log: Logger(label: "worker") { _ in LineHandler(lines: log) }
        )
        self.supervisor = supervisor
        // Awaited by `end()` or `outcome()`.
        task = Task { try await supervisor.run() }
    }

    /// How it ended by itself.
    func outcome() async -> Result<Void, any Error> {
        let result = await task.result
        try? FileManager.default.removeItem(atPath: folder)
        return result
    }

    /// Drains and waits.
    func end() async {
        await supervisor.drain("the test is over")
        _ = await outcome()
    }
}

/// Gives every log line's message to a test.
struct LineHandler: LogHandler {
    let lines: AsyncStream<String>.Continuation?
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines?.yield("\(event.message)") }
}
