import Dispatch
import RouteGridBase

/// The record store behind two queues, one that writes and one that reads, so that no disk access happens on the event
/// loop.
///
/// Answers come back through `deliver`, which hops to the loop.
final class StoreAccess: Sendable {
    let store: RecordStore
    private let writes = DispatchQueue(label: "routegrid.store.write", qos: .userInitiated)
    private let reads = DispatchQueue(label: "routegrid.store.read", qos: .userInitiated)
    private let deliver: @Sendable (@escaping @Sendable () -> Void) -> Void

    init(store: RecordStore, deliver: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.store = store
        self.deliver = deliver
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (RecordStore) throws(RouteGridError) -> Value,
        then: @escaping @Sendable (Result<Value, RouteGridError>) -> Void
    ) {
        run(on: writes, body, then: then)
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (RecordStore) throws(RouteGridError) -> Value,
        then: @escaping @Sendable (Result<Value, RouteGridError>) -> Void
    ) {
        run(on: reads, body, then: then)
    }

    private func run<Value: Sendable>(
        on queue: DispatchQueue,
        _ body: @escaping @Sendable (RecordStore) throws(RouteGridError) -> Value,
        then: @escaping @Sendable (Result<Value, RouteGridError>) -> Void
    ) {
        queue.async { [store, deliver] in
            let outcome: Result<Value, RouteGridError>
            do throws(RouteGridError) { outcome = .success(try body(store)) } catch { outcome = .failure(error) }
            deliver { then(outcome) }
        }
    }

    /// Waits until the disk has answered all requests.
    func drain() {
        writes.sync {}
        reads.sync {}
    }
}
