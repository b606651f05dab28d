import Foundation

/// A value that one thread at a time may touch.
///
/// `NSLock` (a pthread mutex) and not `Synchronization.Mutex`: ThreadSanitizer on Linux reports false races for that
/// one. Never hold it over an `await`, a callback that may wait, or a C call that may wait.
package final class LockedBox<Value>: @unchecked Sendable {
    // `lock` guards `value`; nothing else is mutable.
    private let lock = NSLock()
    private var value: Value

    package init(_ value: sending Value) { self.value = value }

    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
