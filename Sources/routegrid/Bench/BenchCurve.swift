import ArgumentParser
import Dispatch
import Foundation
import RouteGridBase
import ZeroMQ

/// `routegrid bench curve`: what encryption costs.
struct BenchCurve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curve",
        abstract: "Times small messages over loopback TCP, with CURVE and in plain text, in turns.",
        discussion: """
            One sender and one receiver, each with a thread of libzmq's and one of its own, as two processes have. The \
            ratio is of medians of rounds that alternate; processor time is of the whole process.

            Example:
              routegrid bench curve --sizes 100,2660
            """
    )

    @Option(help: "Bytes of a message, with commas between sizes.") var sizes = "100,2660,65536"
    @Option(help: "How often each is measured.") var rounds = 7
    @Option(help: "About how many bytes a round sends, at least 2,000 messages.") var bytes = 100_000_000
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1_000).contains(rounds), (1...10_000_000_000).contains(bytes) else {
            throw ValidationError("--rounds takes 1 to 1000, --bytes 1 to 10000000000.")
        }
        guard sizes.split(separator: ",").allSatisfy({ (8...(1 << 20)).contains(Int($0) ?? 0) }), !sizes.isEmpty else {
            throw ValidationError("--sizes takes numbers of 8 to 1048576 with commas between them.")
        }
    }

    private struct Row {
        let size: Int
        let plain: CurveTrial.Figures
        let curve: CurveTrial.Figures
        var ratio: Double { curve.rate / plain.rate }
    }

    func run() throws {
        let rows = try sizes.split(separator: ",").compactMap { Int($0) }.map(measure)
        var table = TextTable(">bytes", ">plain/s", ">CURVE/s", ">ratio", ">plain µs", ">CURVE µs")
        for row in rows {
            table.add(
                "\(row.size)",
                "\(Int(row.plain.rate))",
                "\(Int(row.curve.rate))",
                String(format: "%.2f", row.ratio),
                String(format: "%.2f", row.plain.processor),
                String(format: "%.2f", row.curve.processor)
            )
        }
        let document: JSONValue = [
            "schema": "routegrid/bench-curve/v1", "rounds": JSONValue(rounds),
            "rows": .array(
                rows.map {
                    [
                        "bytes": JSONValue($0.size), "ratio": .double($0.ratio),
                        "plain_per_second": .double($0.plain.rate), "curve_per_second": .double($0.curve.rate),
                        "plain_processor_us": .double($0.plain.processor),
                        "curve_processor_us": .double($0.curve.processor),
                    ]
                }
            ),
        ]
        output.console.emit(document, table: table.rendered(bold: output.console.colorsData))
    }

    private func measure(_ size: Int) throws -> Row {
        let count = max(2_000, bytes / size)
        var (plain, curve): ([CurveTrial.Figures], [CurveTrial.Figures]) = ([], [])
        for round in 0..<rounds {
            // Each goes first in every other round.
            for isCurve in round % 2 == 0 ? [false, true] : [true, false] {
                let figures = try CurveTrial.run(size: size, count: count, isCurve: isCurve)
                if isCurve { curve.append(figures) } else { plain.append(figures) }
            }
        }
        return Row(size: size, plain: .median(plain), curve: .median(curve))
    }
}

/// One way, from a DEALER to a ROUTER, until the last message has arrived.
private enum CurveTrial {
    struct Figures {
        /// Messages a second.
        var rate: Double
        /// Microseconds of processor time a message, of both sides.
        var processor: Double

        static func median(_ all: [Figures]) -> Figures {
            func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
            return Figures(rate: middle(all.map(\.rate)), processor: middle(all.map(\.processor)))
        }
    }

    static func run(size: Int, count: Int, isCurve: Bool) throws -> Figures {
        let (serverContext, clientContext) = (try ZMQContext(), try ZMQContext())
        let (server, client) = (try ZMQEventLoop(name: "receiver"), try ZMQEventLoop(name: "sender"))
        defer {
            client.stop()
            server.stop()
        }
        let (serverKey, clientKey) = (try CurveSecretKey.generate(), try CurveSecretKey.generate())
        let handler = try ZAPHandler(
            context: serverContext,
            domain: "bench",
            allowed: AllowList([clientKey.publicKey: "bench"])
        )
        defer { handler.stop() }
        let (ready, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let address = try server.runSync {
            var options = SocketOptions()
            if isCurve { options.security = .server(serverKey, domain: "bench") }
            let router = try serverContext.socket(.router, options: options)
            var received = 0
            server.onReadable(router) { messages in
                if received == 0 { ready.signal() }
                received += messages.count
                if received == count + 1 { done.signal() }
            }
            return try router.bind("tcp://127.0.0.1:*")
        }
        try client.runSync {
            var options = SocketOptions()
            if isCurve { options.security = .client(clientKey, server: serverKey.publicKey) }
            let dealer = try clientContext.socket(.dealer, options: options)
            try dealer.connect(address)
            // The first one waits for the handshake.
            guard try dealer.send([[0]]) == .sent else { throw RouteGridError(.system, "nothing can be sent") }
            let message = [UInt8](repeating: 7, count: size)
            var sent = 0
            client.every(.milliseconds(1)) {
                guard ready.wait(timeout: .now()) == .success else { return }
                ready.signal()
                do { while sent < count, try dealer.send([message]) == .sent { sent += 1 } } catch {}
            }
        }
        guard ready.wait(timeout: .now() + 30) == .success else {
            throw RouteGridError(.system, "no message arrived within 30 s")
        }
        ready.signal()
        let before = processorSeconds()
        let start = ContinuousClock.now
        guard done.wait(timeout: .now() + 600) == .success else {
            throw RouteGridError(.system, "messages were lost, or take longer than 10 minutes")
        }
        let passed = (ContinuousClock.now - start) / .seconds(1)
        let used = processorSeconds() - before
        return Figures(rate: Double(count) / passed, processor: used / Double(count) * 1e6)
    }

    private static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
    }
}
