import RouteGridBase

/// What must be cleaned up before the process ends, wherever it ends: child processes and folders of sockets.
enum ExitHooks {
    private static let hooks = LockedBox<[(number: Int, action: @Sendable () -> Void)]>([])

    /// Adds an action and returns its number.
    static func add(_ action: @escaping @Sendable () -> Void) -> Int {
        hooks.withLock { hooks in
            let number = (hooks.last?.number ?? 0) + 1
            hooks.append((number, action))
            return number
        }
    }

    static func remove(_ number: Int) { hooks.withLock { $0.removeAll { $0.number == number } } }

    /// Runs the actions, the last one first, each once.
    static func run() {
        while let hook = hooks.withLock({ $0.popLast() }) { hook.action() }
    }
}
