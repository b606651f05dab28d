import CZeroMQ
import Foundation
import RouteGridBase

/// A DEALER and an echoing ROUTER on libzmq's own interface: what messages cost without a queue.
enum SocketEcho {
    private static let size = 100
    /// Fewer than the high-water mark: a ROUTER drops what is above it.
    private static let window = 500

    /// Messages per second for the way there and back, with 500 in flight, and the median round trip of one.
    static func measure(in folder: String) throws -> (rate: Double, roundTripMicroseconds: Double) {
        guard let context = zmq_ctx_new(), let router = zmq_socket(context, ZMQ_ROUTER),
            let dealer = zmq_socket(context, ZMQ_DEALER)
        else { throw RouteGridError(.system, "no ZeroMQ sockets") }
        let address = "ipc://\(folder)/echo"
        guard zmq_bind(router, address) == 0, zmq_connect(dealer, address) == 0 else {
            throw RouteGridError(.system, "\(address): \(String(cString: zmq_strerror(zmq_errno())))")
        }
        // The router belongs to the thread from here on: an empty message ends it.
        let echo = Thread { [router = UInt(bitPattern: router)] in
            answer(UnsafeMutableRawPointer(bitPattern: router))
        }
        echo.start()
        var buffer = [UInt8](repeating: 7, count: size)
        func send() { zmq_send(dealer, buffer, size, 0) }
        func receive() { zmq_recv(dealer, &buffer, size, 0) }
        for _ in 0..<window { send() }
        let count = 500_000
        let time = BenchLimitsVerb.microseconds {
            for _ in 0..<count {
                receive()
                send()
            }
        }
        for _ in 0..<window { receive() }
        let trips = (0..<5_000).map { _ in
            BenchLimitsVerb.microseconds {
                send()
                receive()
            }
        }
        zmq_send(dealer, buffer, 0, 0)
        receive()
        zmq_close(dealer)
        while !echo.isFinished { usleep(1_000) }
        zmq_ctx_term(context)
        return (Double(count) / time * 1e6, trips.sorted()[trips.count / 2])
    }

    /// Sends every message back until an empty one arrives.
    private static func answer(_ router: UnsafeMutableRawPointer?) {
        var (name, content) = ([UInt8](repeating: 0, count: 256), [UInt8](repeating: 0, count: size))
        var length: Int32 = 1
        while length > 0 {
            let nameLength = zmq_recv(router, &name, name.count, 0)
            length = zmq_recv(router, &content, content.count, 0)
            guard nameLength > 0, length >= 0 else { break }
            zmq_send(router, name, Int(nameLength), ZMQ_SNDMORE)
            zmq_send(router, content, Int(length), 0)
        }
        zmq_close(router)
    }
}
