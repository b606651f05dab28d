import Foundation
import RouteGridBase
import Testing
import Wire
import Worker

/// Real child processes: how they start, what they inherit, how they end.
@Suite(.timeLimit(.minutes(1))) struct SlotProcessTests {
    @Test func `a slot inherits its own descriptors, environment and nothing else`() throws {
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let slot = try SlotProcess(
            command: [
                "/bin/sh", "-c", "ls /proc/$$/fd | tr '\\n' ' ' >&2; echo $OPENBLAS_CORETYPE $OPENBLAS_NUM_THREADS >&2",
            ],
            environment: NumericsKind.portable.environment(["PATH": "/usr/bin:/bin"])
        )
        let connection = SlotConnection(slot, kind: .portable)
        #expect(wait(for: slot) == "exit code 0")
        #expect(String(decoding: connection.logTail, as: UTF8.self).hasPrefix("0 1 2 3 4 "))
        #expect(String(decoding: connection.logTail, as: UTF8.self).hasSuffix("Haswell 1\n"))
        let variables = NumericsKind.native.environment(["OPENBLAS_CORETYPE": "Prescott"])
        #expect(variables["OPENBLAS_CORETYPE"] == nil)
    }

    @Test func `how a slot ended is described in words`() throws {
        let failing = try SlotProcess(command: ["/bin/sh", "-c", "exit 3"], environment: [:])
        #expect(wait(for: failing) == "exit code 3")
        let crashing = try SlotProcess(command: ["/bin/sh", "-c", "kill -ILL $$"], environment: [:])
        #expect(wait(for: crashing) == "signal 4 (illegal instruction)")
        let hanging = try SlotProcess(command: ["/bin/sh", "-c", "sleep 1000"], environment: [:])
        #expect(hanging.ending() == nil)
        #expect(hanging.residentBytes ?? 0 > 0)
        hanging.kill()
        #expect(wait(for: hanging) == "signal 9 (killed)")
    }

    @Test func `the end of a slot closes its connection`() throws {
        let slot = try SlotProcess(command: ["/bin/sh", "-c", "exit 0"], environment: [:])
        let connection = SlotConnection(slot, kind: .portable)
        _ = wait(for: slot)
        #expect(try connection.receive().isEmpty)
        #expect(connection.isClosed)
    }

    @Test func `a program that is not there is named`() {
        let error = #expect(throws: RouteGridError.self) {
            try SlotProcess(command: ["/no/such/program"], environment: [:])
        }
        #expect(error?.message.contains("/no/such/program does not start: No such file or directory") == true)
    }

    @Test func `only the tail of a long log is kept`() throws {
        let slot = try SlotProcess(
            command: ["/bin/sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done"],
            environment: [:]
        )
        let connection = SlotConnection(slot, kind: .portable)
        while slot.ending() == nil { _ = connection.receiveLog() }
        while connection.logTail.suffix(11) != Array("line 19999\n".utf8)[...] {}
        #expect(connection.logTail.count == SlotConnection.tailSize)
    }

    private func wait(for slot: SlotProcess) -> String {
        while true { if let ending = slot.ending() { return ending } else { usleep(1000) } }
    }
}

@Suite struct ProgressPageTests {
    @Test func `what one side writes the other side reads`() throws {
        let page = try ProgressPage()
        let other = try ProgressPage(descriptor: dup(page.descriptor))
        #expect(page.read().step == .idle)
        other.begin(.fit(lease: LeaseID(1 << 40)))
        #expect(page.read().step == .fit(lease: LeaseID(1 << 40)))
        other.begin(.cell(7, lease: LeaseID(3)))
        #expect(page.read().step == .cell(7, lease: LeaseID(3)))
        #expect(page.read().elapsed < .seconds(30))
    }
}

@Suite struct SlotFramesTests {
    @Test func `frames are cut out of any stream of parts`() throws {
        var bytes: [UInt8] = []
        for lease in 1...50 as ClosedRange<UInt64> {
            var finished = SlotFinished()
            finished.lease = lease
            bytes += try SlotFrames.encode(.finished(finished))
        }
        for size in [1, 3, 7, 100, bytes.count] {
            var frames = SlotFrames()
            var leases: [UInt64] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { frames.append($0) }
                while let envelope = try frames.next() { leases.append(envelope.finished.lease) }
            }
            #expect(leases == Array(1...50))
        }
    }

    @Test func `a frame that no slot sends is refused`() throws {
        for bytes in [[0xFF, 0xFF, 0xFF, 0xFF], [2, 0, 0, 0, 0xFF, 0xFF]] as [[UInt8]] {
            var frames = SlotFrames()
            bytes.withUnsafeBytes { frames.append($0) }
            #expect(throws: RouteGridError.self) { try frames.next() }
        }
    }
}
