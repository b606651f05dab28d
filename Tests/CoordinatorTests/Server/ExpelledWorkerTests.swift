import Coordinator
import Foundation
import RouteGridBase
import Scheduling
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2))) struct ExpelledWorkerTests {
    enum Noise: CaseIterable {
        case brokenResult, noEnvelope, aClientsMessage

        /// A frame that no worker of this version sends.
        var frame: [UInt8] {
            get throws {
                switch self {
                // A Result with an item that is no item.
                case .brokenResult:
                    ResultFrame.envelope(
                        lease: LeaseID(1),
                        fence: Fence(1),
                        run: RunID(1),
                        items: Data([26, 3, 1, 2, 3])
                    )
                case .noEnvelope: Array("GET / HTTP/1.1".utf8)
                case .aClientsMessage: try WireMessage.encode(.submit(WireSubmit()))
                }
            }
        }
    }

    @Test(arguments: Noise.allCases)
    func `a worker that sends what no worker sends is expelled, and its leases are granted at once`(noise: Noise)
        throws
    {
        // Nothing expires here.
        let bench = try ServerBench { $0.scheduler.leaseMilliseconds = 3_600_000 }
        let run = try bench.submit(groups: 1, cells: 2)
        let broken = try bench.worker()
        let lease = try broken.nextLease()
        try #require(lease.cells.count == 2)
        try broken.say(frame: noise.frame)
        #expect(try broken.refusal().code == "protocol")
        let other = try bench.worker()
        let next = try other.nextLease()
        #expect(next.cells.map(\.jobKey) == lease.cells.map(\.jobKey))
        // It is sent `Unknown`, is not welcomed, and its results are still taken from others.
        try broken.heartbeat(lease)
        #expect(try broken.next { if case .unknown = $0 { true } else { nil } })
        try broken.greet()
        #expect(try broken.refusal().code == "protocol")
        try other.send(next.cells.map { try MadeUpResult($0) }, of: next)
        #expect(try other.verdicts(2).values.allSatisfy { $0 == .new })
        #expect(try bench.client().query(.run, "\(run)")["state"] == "finished")
        #expect(try bench.client().query(.workers)["workers"]?.arrayValue?.count == 1)
        // Another start of the program is another worker.
        #expect(throws: Never.self) { try bench.worker() }
    }

    @Test func `a client that sends a message that cannot be read is refused and stays`() throws {
        let bench = try ServerBench()
        let client = try PlayedPeer(bench.url, role: .client)
        try client.say(frame: Array("GET / HTTP/1.1".utf8))
        #expect(try client.refusal().code == "protocol")
        var query = WireQuery()
        query.kind = "status"
        try client.say(.query(query))
        _ = try client.next { if case .reply = $0 { true } else { nil } }
        #expect(try bench.count("workers_lost") == 0)
    }
}
